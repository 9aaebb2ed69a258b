package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides what to remove from a host, and removes it.
 *
 * @param age minimum time since the last use
 * @param images whether to remove images
 * @param volumes whether to remove anonymous volumes that no container uses
 * @param dryRun whether to report only
 * @param busy what running builds on this host may be using
 * @param environment of the build, as far as the docker client needs it
 */
public record HostPolicy(
        Duration age, boolean images, boolean volumes, boolean dryRun, Busy busy, Map<String, String> environment)
        implements Operation<HostReceipt> {

    private static final Pattern AGE =
            Pattern.compile("(?:(?<d>\\d{1,5})d)?(?:(?<h>\\d{1,6})h)?(?:(?<m>\\d{1,8})m)?(?:(?<s>\\d{1,9})s)?");

    public HostPolicy {
        environment = new LinkedHashMap<>(environment);
    }

    /**
     * What running builds may be using.
     *
     * @param since when the oldest of them started: objects used since then may be theirs
     * @param told the time of the controller's clock, which {@code since} refers to, when this was created
     * @param images ids of images that they are known to use, whatever their age
     */
    public record Busy(Instant since, Instant told, Set<String> images) implements Serializable {
        public Busy {
            images = Set.copyOf(images);
        }

        /**
         * Converts {@code since} to a clock that shows {@code now}, if that clock is behind. A clock that seems to be
         * ahead may only show the time that the call took, so it is not corrected: this keeps too much rather than too
         * little.
         */
        Instant since(Instant now) {
            return now.isBefore(told) ? since.minus(Duration.between(now, told)) : since;
        }
    }

    /**
     * Parses an age: {@code 90m}, {@code 2h}, {@code 7d}, {@code 1d12h}.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not an age
     */
    public static Duration parseAge(String text) {
        Matcher matcher = AGE.matcher(text == null ? "" : text);
        if (text == null || text.isEmpty() || !matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an age such as 90m, 2h, 7d or 1d12h");
        }
        return Duration.ofDays(number(matcher, "d"))
                .plusHours(number(matcher, "h"))
                .plusMinutes(number(matcher, "m"))
                .plusSeconds(number(matcher, "s"));
    }

    /** Only the variables that the docker client needs: the build's environment may contain secrets. */
    public static Map<String, String> environment(Map<String, String> all) {
        Map<String, String> environment = new TreeMap<>();
        all.forEach((name, value) -> {
            if (name.equals("PATH") || name.startsWith("DOCKER_")) {
                environment.put(name, value);
            } else if (name.equalsIgnoreCase("PATH")) {
                // The spelling on Windows.
                environment.putIfAbsent("PATH", value);
            }
        });
        return environment;
    }

    private static long number(Matcher matcher, String unit) {
        return matcher.group(unit) == null ? 0 : Long.parseLong(matcher.group(unit));
    }

    /** @throws HostException if there is no client or no daemon */
    @Override
    public HostReceipt run(RegistryContext context) throws HostException, InterruptedException {
        return HostPruner.prune(this, context.time().now(), context.notices());
    }

    /** Whether {@code object} can be removed. */
    boolean removes(HostObject object, Instant now) {
        return !object.needed()
                && !object.lastUsed().equals(HostObject.UNKNOWN)
                && object.lastUsed().isBefore(now.minus(age))
                && object.lastUsed().isBefore(busy.since(now))
                && !busy.images.contains(object.id());
    }
}
