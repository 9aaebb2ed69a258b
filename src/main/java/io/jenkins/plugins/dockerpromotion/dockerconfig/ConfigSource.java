package io.jenkins.plugins.dockerpromotion.dockerconfig;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The existing configuration: that of the agent's user, or of an outer block.
 *
 * @param directory the directory from {@code DOCKER_CONFIG}
 * @param ofOuterBlock whether its logins belong to this build
 */
record ConfigSource(Path directory, boolean ofOuterBlock) {

    /** @param files the file system of the configuration */
    static ConfigSource of(ConfigRequest request, FileSystem files) {
        Optional<String> configured = request.variable(ConfigDirectory.DOCKER_CONFIG);
        if (configured.isPresent()) {
            Path directory = files.getPath(configured.get());
            return new ConfigSource(directory, isTemporary(directory, request.temporarySuffix()));
        }
        // Like the Docker client; the agent's JVM may have been started with another home.
        boolean windows = files.getSeparator().equals("\\");
        String home = request.variable(windows ? "USERPROFILE" : "HOME").orElse(System.getProperty("user.home"));
        return new ConfigSource(files.getPath(home, ".docker"), false);
    }

    /**
     * The inherited part of the configuration; empty if there is no file.
     *
     * @throws IOException with the reason why the file cannot be used, as part of a sentence
     */
    DockerConfig read() throws IOException {
        Path file = file();
        try {
            DockerConfig config = DockerConfig.parse(ConfigDirectory.readCapped(file));
            return ofOuterBlock ? config.withLoginsByRegistry() : config.withoutLogins();
        } catch (NoSuchFileException e) {
            return DockerConfig.empty();
        } catch (AccessDeniedException e) {
            throw new IOException("permission denied", e);
        } catch (FileSystemException e) {
            // The exception's message repeats the path.
            throw new IOException(Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getReason()), e);
        } catch (IOException e) {
            // On Linux, the exception for reading a directory has neither a specific type nor the path.
            throw Files.isDirectory(file) ? new IOException("it is a directory", e) : e;
        }
    }

    Path file() {
        return directory.resolve("config.json");
    }

    boolean has(String folder) {
        return Files.isDirectory(directory.resolve(folder));
    }

    Path folder(String name) {
        return directory.resolve(name).toAbsolutePath();
    }

    String path(String folder) {
        return folder(folder).toString();
    }

    private static boolean isTemporary(Path directory, String suffix) {
        for (Path part : directory) {
            if (!suffix.isEmpty() && part.toString().endsWith(suffix)) {
                return true;
            }
        }
        return false;
    }
}
