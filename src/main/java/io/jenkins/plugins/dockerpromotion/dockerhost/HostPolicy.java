package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Decides what to remove from a host.
 *
 * @param age minimum time since the last use
 * @param images whether to remove images
 * @param volumes whether to remove anonymous volumes that no container uses
 * @param dryRun whether to report only
 * @param busy what running builds on this host may be using
 */
public record HostPolicy(Duration age, boolean images, boolean volumes, boolean dryRun, Busy busy)
        implements Serializable {

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

    /** Why {@code object} stays; empty if it can be removed. */
    Optional<String> objection(HostObject object, Instant now) {
        if (object.neededBy().isPresent()) {
            return object.neededBy();
        }
        if (object.lastUsed().equals(HostObject.UNKNOWN)) {
            return Optional.of("its last use is unknown");
        }
        if (!object.lastUsed().isBefore(now.minus(age))) {
            return Optional.of("used less than " + text(age) + " ago");
        }
        if (!object.lastUsed().isBefore(busy.since(now)) || busy.images.contains(object.id())) {
            return Optional.of("a running build may use it");
        }
        return Optional.empty();
    }

    /** Whether objects of this kind are pruned. */
    boolean covers(HostObject.Kind kind) {
        return switch (kind) {
            case IMAGE -> images;
            case VOLUME -> volumes;
            case CONTAINER, NETWORK -> true;
        };
    }

    static String text(Duration age) {
        String text = (age.toDaysPart() > 0 ? age.toDaysPart() + " d " : "")
                + (age.toHoursPart() > 0 ? age.toHoursPart() + " h " : "")
                + (age.toMinutesPart() > 0 ? age.toMinutesPart() + " min " : "")
                + (age.toSecondsPart() > 0 ? age.toSecondsPart() + " s" : "");
        return text.isEmpty() ? "0 s" : text.trim();
    }
}
