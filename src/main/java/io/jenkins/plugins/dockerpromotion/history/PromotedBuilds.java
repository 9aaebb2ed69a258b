package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Job;
import hudson.model.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The builds of a job that promoted something, found on the disk. */
final class PromotedBuilds {

    private static final Logger LOGGER = Logger.getLogger(PromotedBuilds.class.getName());

    private final Job<?, ?> job;

    PromotedBuilds(Job<?, ?> job) {
        this.job = job;
    }

    /** The numbers of all builds there are, with promotions or without. */
    Set<Integer> onDisk() {
        String[] names = job.getBuildDir().list();
        return names == null
                ? Set.of()
                : Arrays.stream(names)
                        .filter(name -> name.matches("[1-9]\\d{0,8}"))
                        .map(Integer::valueOf)
                        .collect(Collectors.toSet());
    }

    /** Loads those with promotions, and no others: to load thousands takes seconds, to look through them a moment. */
    Map<Integer, BuildPromotions> load() {
        Map<Integer, BuildPromotions> found = new HashMap<>();
        onDisk().stream().filter(this::mayHavePromoted).forEach(build -> {
            Run<?, ?> run = job.getBuildByNumber(build);
            BuildPromotions action = run == null ? null : run.getAction(BuildPromotions.class);
            if (action != null) {
                found.put(build, action);
            }
        });
        return found;
    }

    private boolean mayHavePromoted(int build) {
        Path xml = job.getBuildDir().toPath().resolve(build + "/build.xml");
        // The element is ASCII, whatever else is in the file.
        try (Stream<String> lines = Files.lines(xml, StandardCharsets.ISO_8859_1)) {
            return lines.anyMatch(line -> line.contains("<" + BuildPromotions.ELEMENT));
        } catch (IOException | UncheckedIOException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot read " + xml);
            return false;
        }
    }
}
