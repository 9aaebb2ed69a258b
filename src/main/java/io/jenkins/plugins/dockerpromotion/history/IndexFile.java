package io.jenkins.plugins.dockerpromotion.history;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The file of a {@link JobIndex}: a line of JSON for each change, the last line of a build counts, and one without
 * promotions says that the build is gone. It only repeats what the builds hold, so nothing waits for the disk; a line
 * that a killed Jenkins left unfinished is noticed, and the file is made anew.
 */
final class IndexFile {

    /** Changes when older files cannot be read any more: they are then made anew. */
    private static final int FORMAT = 1;

    /** So many lines that say nothing any more are left in peace. */
    private static final int IDLE_LINES = 200;

    private static final JsonMapper JSON = JsonMapper.builder()
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .build();

    private final Path path;

    IndexFile(Path path) {
        this.path = path;
    }

    private record Line(int format, int build, List<Promotion> promotions) {}

    /**
     * What was read.
     *
     * @param builds those with promotions
     * @param damaged whether something could not be read
     * @param wasteful whether most of the file says nothing any more
     */
    record Content(NavigableMap<Integer, List<Promotion>> builds, boolean damaged, boolean wasteful) {}

    boolean exists() {
        return Files.exists(path);
    }

    Content read() throws IOException {
        NavigableMap<Integer, List<Promotion>> builds = new TreeMap<>();
        String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        boolean damaged = !text.endsWith("\n");
        List<String> lines = text.lines().toList();
        for (String line : lines) {
            try {
                Line entry = JSON.readValue(line, Line.class);
                if (entry == null || entry.format != FORMAT || !isWhole(entry.promotions)) {
                    damaged = true;
                } else {
                    entry.promotions.forEach(Promotion::complete);
                    apply(builds, entry.build, entry.promotions);
                }
            } catch (JsonProcessingException e) {
                damaged = true;
            }
        }
        return new Content(builds, damaged, lines.size() > 2 * builds.size() + IDLE_LINES);
    }

    private static boolean isWhole(List<Promotion> promotions) {
        return promotions != null && promotions.stream().noneMatch(Objects::isNull);
    }

    static void apply(Map<Integer, List<Promotion>> builds, int build, List<Promotion> promotions) {
        if (promotions.isEmpty()) {
            builds.remove(build);
        } else {
            builds.put(build, List.copyOf(promotions));
        }
    }

    void append(int build, List<Promotion> promotions) throws IOException {
        Files.writeString(path, line(build, promotions), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Replaces the whole file in one move; without builds there is none. */
    void write(Map<Integer, List<Promotion>> builds) throws IOException {
        if (builds.isEmpty()) {
            Files.deleteIfExists(path);
            return;
        }
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Integer, List<Promotion>> build : builds.entrySet()) {
            text.append(line(build.getKey(), build.getValue()));
        }
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String line(int build, List<Promotion> promotions) throws JsonProcessingException {
        return JSON.writeValueAsString(new Line(FORMAT, build, promotions)) + '\n';
    }
}
