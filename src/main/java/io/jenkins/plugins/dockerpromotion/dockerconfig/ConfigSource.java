package io.jenkins.plugins.dockerpromotion.dockerconfig;

import java.io.File;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The configuration that was in force before: the one of the agent's user, or that of an outer block.
 *
 * @param directory what {@code DOCKER_CONFIG} was
 * @param ofOuterBlock whether its logins belong to this build
 */
record ConfigSource(Path directory, boolean ofOuterBlock) {

    static ConfigSource of(ConfigRequest request) {
        Optional<String> configured = request.variable(ConfigDirectory.DOCKER_CONFIG);
        if (configured.isPresent()) {
            Path directory = Path.of(configured.get());
            return new ConfigSource(directory, isTemporary(directory, request.temporarySuffix()));
        }
        // As the Docker client does; the agent's JVM may have been started with another home.
        boolean windows = File.separatorChar == '\\';
        String home = request.variable(windows ? "USERPROFILE" : "HOME").orElse(System.getProperty("user.home"));
        return new ConfigSource(Path.of(home, ".docker"), false);
    }

    /** The part of the configuration that is taken over. */
    DockerConfig read() throws IOException {
        Path file = directory.resolve("config.json");
        try {
            DockerConfig config = DockerConfig.parse(ConfigDirectory.readCapped(file));
            return ofOuterBlock ? config.withLoginsByRegistry() : config.withoutLogins();
        } catch (NoSuchFileException e) {
            return DockerConfig.empty();
        } catch (IOException e) {
            throw new IOException("Cannot take over the Docker configuration " + file + ": " + reason(e)
                    + "; correct that file, or set inherit to false to do without it.");
        }
    }

    boolean has(String folder) {
        return Files.isDirectory(directory.resolve(folder));
    }

    String path(String folder) {
        return directory.resolve(folder).toAbsolutePath().toString();
    }

    private static boolean isTemporary(Path directory, String suffix) {
        for (Path part : directory) {
            if (!suffix.isEmpty() && part.toString().endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }

    private static String reason(IOException e) {
        return e instanceof AccessDeniedException ? "it may not be read" : e.getMessage();
    }
}
