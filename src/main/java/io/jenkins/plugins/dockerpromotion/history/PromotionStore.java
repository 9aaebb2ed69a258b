package io.jenkins.plugins.dockerpromotion.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The promotions of a job, stored in a file in the job's directory, which is renamed and deleted with the job. Each
 * promotion is appended as a line of JSON. The file is read once. If a promotion is written twice, the last line
 * counts. The lines of a deleted build are removed.
 */
final class PromotionStore {

    private static final Logger LOGGER = Logger.getLogger(PromotionStore.class.getName());
    private static final String FILE = "docker-promotions.jsonl";

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** By identity of the job, so that a new job with the same name does not get an old job's promotions. */
    private static final Map<Job<?, ?>, PromotionStore> STORES = Collections.synchronizedMap(new WeakHashMap<>());

    private final Path jobDirectory;
    private final Path buildsDirectory;
    private volatile boolean empty;
    private SoftReference<Map<Integer, List<Promotion>>> known = new SoftReference<>(null);

    private record Line(int build, Promotion promotion) {}

    private PromotionStore(Job<?, ?> job) {
        // Not the job itself, which could not be garbage-collected then.
        jobDirectory = job.getRootDir().toPath();
        buildsDirectory = job.getBuildDir().toPath();
        empty = !Files.exists(file());
    }

    private static PromotionStore of(Job<?, ?> job) {
        Path directory = job.getRootDir().toPath();
        return STORES.compute(
                job,
                (j, store) -> store != null && store.jobDirectory.equals(directory) ? store : new PromotionStore(j));
    }

    /** Whether the job has no promotions. Does not read the file, because every page of a job calls it. */
    static boolean isEmpty(Job<?, ?> job) {
        return of(job).empty;
    }

    /** All promotions of the job, newest first; of two in the same millisecond, the one recorded last comes first. */
    static List<HistoryEntry> entries(Job<?, ?> job) {
        List<HistoryEntry> entries = new ArrayList<>();
        of(job).copy().forEach((build, all) -> all.forEach(p -> entries.add(new HistoryEntry(job, build, p))));
        Collections.reverse(entries);
        entries.sort(HistoryEntry.NEWEST_FIRST);
        return List.copyOf(entries);
    }

    /** The promotions of a build in the order of recording. */
    static List<Promotion> of(Run<?, ?> run) {
        return of(run.getParent()).promotions(run.getNumber());
    }

    /** @throws IOException if it cannot be written; it is not recorded then */
    static void add(Run<?, ?> run, Promotion promotion) throws IOException {
        of(run.getParent()).add(run.getNumber(), promotion);
    }

    private synchronized Map<Integer, List<Promotion>> copy() {
        return new TreeMap<>(builds());
    }

    private synchronized List<Promotion> promotions(int build) {
        return builds().getOrDefault(build, List.of());
    }

    private synchronized void add(int build, Promotion promotion) throws IOException {
        Map<Integer, List<Promotion>> builds = builds();
        Optional<Promotion> before = builds.getOrDefault(build, List.of()).stream()
                .filter(p -> p.isSameAs(promotion))
                .findFirst();
        // A step that a restart interrupted is repeated, and finds its work done: its first result counts.
        if (before.isPresent() && before.get().changesAnything()) {
            return;
        }
        String line = JSON.writeValueAsString(new Line(build, promotion)) + "\n";
        Files.writeString(
                file(),
                endsWithinALine() ? "\n" + line : line,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                StandardOpenOption.SYNC);
        put(builds, build, promotion);
        if (empty) {
            known = new SoftReference<>(builds);
            empty = false;
        }
    }

    private static void put(Map<Integer, List<Promotion>> builds, int build, Promotion promotion) {
        List<Promotion> all = new ArrayList<>(builds.getOrDefault(build, List.of()));
        all.removeIf(p -> p.isSameAs(promotion));
        all.add(promotion);
        builds.put(build, List.copyOf(all));
    }

    /** Whether the last line is incomplete because Jenkins was killed. */
    private boolean endsWithinALine() throws IOException {
        if (!Files.exists(file())) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "r")) {
            if (file.length() == 0) {
                return false;
            }
            file.seek(file.length() - 1);
            return file.read() != '\n';
        }
    }

    /** Removes the lines of a build. Keeps unreadable lines, because their content is unknown. */
    private synchronized void remove(int build) throws IOException {
        if (!builds().containsKey(build)) {
            return;
        }
        List<String> left = Files.readAllLines(file()).stream()
                .filter(line -> parse(line).filter(l -> l.build == build).isEmpty())
                .toList();
        builds().remove(build);
        if (left.isEmpty()) {
            Files.delete(file());
            empty = true;
        } else {
            Path part = jobDirectory.resolve(FILE + ".part");
            Files.write(part, left);
            Files.move(part, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Map<Integer, List<Promotion>> builds() {
        Map<Integer, List<Promotion>> builds = known.get();
        if (builds == null) {
            builds = empty ? new TreeMap<>() : read();
        }
        return builds;
    }

    private Map<Integer, List<Promotion>> read() {
        Map<Integer, List<Promotion>> builds = new TreeMap<>();
        try {
            // Builds may have been deleted manually.
            Set<String> existing;
            try (Stream<Path> directories = Files.list(buildsDirectory)) {
                existing = directories
                        .map(d -> buildsDirectory.relativize(d).toString())
                        .collect(Collectors.toSet());
            }
            String text = new String(Files.readAllBytes(file()), StandardCharsets.UTF_8);
            text.lines()
                    .flatMap(line -> parse(line).stream())
                    .filter(line -> existing.contains(Integer.toString(line.build)))
                    .forEach(line -> put(builds, line.build, line.promotion));
            known = new SoftReference<>(builds);
        } catch (IOException | UncheckedIOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read the promotions in " + file());
        }
        return builds;
    }

    private Optional<Line> parse(String text) {
        try {
            Line line = JSON.readValue(text, Line.class);
            if (line != null && line.promotion != null && line.promotion.isComplete()) {
                return Optional.of(line);
            }
        } catch (JsonProcessingException e) {
            LOGGER.log(Level.FINE, e, () -> "Cannot read a line of " + file());
        }
        return Optional.empty();
    }

    private Path file() {
        return jobDirectory.resolve(FILE);
    }

    /** Removes the promotions of deleted builds. */
    @Extension
    public static final class Deletions extends RunListener<Run<?, ?>> {
        @Override
        public void onDeleted(@NonNull Run<?, ?> run) {
            try {
                of(run.getParent()).remove(run.getNumber());
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "Cannot remove the promotions of " + run);
            }
        }
    }
}
