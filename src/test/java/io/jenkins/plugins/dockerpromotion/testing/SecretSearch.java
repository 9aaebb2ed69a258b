package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Looks for secrets on the disk. */
public final class SecretSearch {

    private SecretSearch() {}

    /** The files below {@code directory} in which one of {@code secrets} can be read, whatever else is in them. */
    public static List<Path> filesHolding(Path directory, String... secrets) throws IOException {
        List<Path> holding = new ArrayList<>();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && holds(file, secrets)) {
                    holding.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            /** A controller that runs replaces its files now and then. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
        return holding;
    }

    private static boolean holds(Path file, String... secrets) throws IOException {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            // A file is read byte by byte, so a secret is looked for as the bytes it is written in.
            return Stream.of(secrets)
                    .map(secret -> new String(secret.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1))
                    .anyMatch(text::contains);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
