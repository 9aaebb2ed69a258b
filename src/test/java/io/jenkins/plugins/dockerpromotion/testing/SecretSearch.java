package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Looks for secrets where none should be. */
public final class SecretSearch {

    private SecretSearch() {}

    /** The files below {@code directory} in which one of {@code secrets} can be read as it is, whatever else they are. */
    public static List<Path> filesHolding(Path directory, String... secrets) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> holdsAny(file, secrets))
                    .toList();
        }
    }

    private static boolean holdsAny(Path file, String... secrets) {
        try {
            // A charset in which no byte is lost, so that binary files are searched too.
            String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
            return Arrays.stream(secrets).anyMatch(content::contains);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
