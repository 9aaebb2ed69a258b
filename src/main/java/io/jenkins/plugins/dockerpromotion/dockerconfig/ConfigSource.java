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
 * The configuration that was in force before: the one of the agent's user, or that of an outer block.
 *
 * @param directory what {@code DOCKER_CONFIG} was
 * @param ofOuterBlock whether its logins belong to this build
 */
record ConfigSource(Path directory, boolean ofOuterBlock) {

    /** @param files where the configuration is */
    static ConfigSource of(ConfigRequest request, FileSystem files) {
        Optional<String> configured = request.variable(ConfigDirectory.DOCKER_CONFIG);
        if (configured.isPresent()) {
            Path directory = files.getPath(configured.get());
            return new ConfigSource(directory, isTemporary(directory, request.temporarySuffix()));
        }
        // As the Docker client does; the agent's JVM may have been started with another home.
        boolean windows = files.getSeparator().equals("\\");
        String home = request.variable(windows ? "USERPROFILE" : "HOME").orElse(System.getProperty("user.home"));
        return new ConfigSource(files.getPath(home, ".docker"), false);
    }

    /**
     * The part of the configuration that is taken over; nothing if there is no file.
     *
     * @throws IOException saying in half a sentence why the file cannot be used
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
            // The message of the exception repeats the path.
            throw new IOException(Files.isDirectory(file) ? "it is a directory" : String.valueOf(e.getReason()), e);
        } catch (IOException e) {
            // What reading a directory throws on Linux has no type and no path.
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
