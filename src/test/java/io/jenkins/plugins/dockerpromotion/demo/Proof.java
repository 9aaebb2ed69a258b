package io.jenkins.plugins.dockerpromotion.demo;

import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks the claims of the demo against the registry, the requests that it counted, the build log and the disk. */
final class Proof {

    private static final Pattern PLATFORM = Pattern.compile("\"architecture\"\\s*:\\s*\"(\\w+)\"");
    private static final Pattern CONFIG_DIRECTORY = Pattern.compile("DOCKER_CONFIG is (\\S+)");

    private final ReleaseHub hub;
    private final Path userConfig = Path.of(System.getProperty("user.home"), ".docker", "config.json");
    private final byte[] userConfigBefore = read(userConfig);
    private final int tagsBefore;
    private final List<String> faults = new ArrayList<>();

    /** Create this before the release, because it records the state to compare with. */
    Proof(ReleaseHub hub) {
        this.hub = hub;
        this.tagsBefore = hub.tags();
        hub.hub().requests().clear();
        hub.registry().requests().clear();
    }

    /**
     * Prints the results as a table.
     *
     * @param log the build log
     * @return the failed checks, one line each
     */
    List<String> print(PrintStream out, String log) {
        faults.addAll(hub.faults());
        out.println();
        out.println("Promotion history");
        out.printf("  %-20s %-14s %s%n", "tag", "before", "now");
        for (String tag : ReleaseHub.RELEASE_TAGS) {
            String before = tag.equals("latest") ? ReleaseHub.LATEST_BEFORE : "(new)";
            out.printf(
                    "  %-20s %-14s %s, %s%n",
                    tag, before, ReleaseHub.TAG, hub.digest().substring(0, 19));
        }
        out.println();
        out.println("What you have seen");
        row(out, "build 103", ReleaseHub.TAG + " was found among " + tagsBefore + " tags");
        row(out, "not taken", String.join(", ", ReleaseHub.DECOYS));
        row(out, "platforms", platforms());
        row(out, "requests", requests());
        row(out, "docker login", login(log));
        row(out, "your own login", userLogin());
        out.println();
        return faults;
    }

    private static void row(PrintStream out, String what, String text) {
        out.printf("  %-20s %s%n", what, text);
    }

    /** Returns the platforms of the image under its new tag. */
    private String platforms() {
        byte[] index = hub.registry()
                .manifestBytes(ReleaseHub.IMAGE, ReleaseHub.RELEASE_TAGS.get(0))
                .orElse(new byte[0]);
        List<String> platforms = new ArrayList<>();
        Matcher matcher = PLATFORM.matcher(new String(index, StandardCharsets.UTF_8));
        while (matcher.find()) {
            platforms.add("linux/" + matcher.group(1));
        }
        if (!platforms.equals(List.of("linux/amd64", "linux/arm64"))) {
            faults.add("the promoted image has the platforms " + platforms);
        }
        return String.join(" and ", platforms) + ", with the digest that the build pushed";
    }

    private String requests() {
        Predicate<RecordedRequest> blob = RecordedRequest.matching("/v2/.+/blobs/.*");
        int layers = hub.registry().requests().count(blob);
        if (layers > 0) {
            faults.add(
                    "the registry was asked for " + layers + " layers or configurations, and a promotion needs none");
        }
        return hub.hub().requests().count() + " to Docker Hub, "
                + hub.registry().requests().count() + " to its registry, " + layers + " of them for a layer";
    }

    private String login(String log) {
        Matcher matcher = CONFIG_DIRECTORY.matcher(log);
        if (!matcher.find()) {
            faults.add("the log does not name the directory with Docker's configuration");
            return "not seen";
        }
        if (Files.exists(Path.of(matcher.group(1)))) {
            faults.add(matcher.group(1) + " is still there after the block");
        }
        String encoded = Base64.getEncoder()
                .encodeToString((ReleaseHub.USER + ":" + ReleaseHub.PASSWORD).getBytes(StandardCharsets.UTF_8));
        if (!log.contains("\"auth\"") || log.contains(ReleaseHub.PASSWORD) || log.contains(encoded)) {
            faults.add("the log does not show config.json with its login masked");
        }
        return "in a config.json of its own, masked in the log; the directory is gone again";
    }

    private String userLogin() {
        if (!Arrays.equals(userConfigBefore, read(userConfig))) {
            faults.add(userConfig + " has changed");
        }
        return userConfigBefore.length == 0 ? "there is none, before and after" : userConfig + " is unchanged";
    }

    private static byte[] read(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
