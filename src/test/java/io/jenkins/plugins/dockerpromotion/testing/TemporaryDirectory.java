package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory that is created on first use and deleted with its content on {@link #close}. */
public final class TemporaryDirectory implements AutoCloseable {

    private final String prefix;
    private Path path;

    public TemporaryDirectory(String prefix) {
        this.prefix = prefix;
    }

    public synchronized Path path() {
        if (path == null) {
            try {
                path = Files.createTempDirectory(prefix);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return path;
    }

    @Override
    public synchronized void close() {
        if (path == null) {
            return;
        }
        try (Stream<Path> found = Files.walk(path)) {
            List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path = null;
    }
}
