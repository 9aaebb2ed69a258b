package io.jenkins.plugins.dockerpromotion.testing;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Programs of others that tests compare with: cosign, crane, oras, docker-registry. Looked up in the directory that the
 * environment variable {@code FIELD_TOOLS} names, and in the {@code PATH}.
 */
public final class FieldTools {

    private FieldTools() {}

    public static Optional<Path> find(String name) {
        return Stream.of(System.getenv("FIELD_TOOLS"), System.getenv("PATH"))
                .filter(directories -> directories != null)
                .flatMap(directories -> Stream.of(directories.split(File.pathSeparator)))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test class, with a line on the console, where one of the programs is missing; for {@code @BeforeAll}. */
    public static void assumeAvailable(Class<?> testClass, String... names) {
        for (String name : names) {
            LeftOut.unless(find(name).isPresent(), testClass, name + " is not installed");
        }
    }
}
