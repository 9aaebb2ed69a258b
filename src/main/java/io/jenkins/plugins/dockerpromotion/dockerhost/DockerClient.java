package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the docker client with a list of arguments, never through a shell. */
final class DockerClient {

    /** More than the output for ten thousand images. */
    private static final int MAX_OUTPUT = 128 * 1024 * 1024;

    private static final int MAX_ERROR = 64 * 1024;
    private static final int MAX_QUOTE = 300;

    /** Removing a large image takes minutes on a slow disk; a daemon that is silent for longer hangs. */
    private static final long TIMEOUT_MINUTES = 10;

    /** There may be warnings besides these lines. */
    private static final Pattern COMPLAINT = Pattern.compile("(?i)error");

    private static final Pattern GONE = Pattern.compile("(?i)no such|not found|already in progress");

    private final Path client;
    private final Map<String, String> environment;

    private DockerClient(Path client, Map<String, String> environment) {
        this.client = client;
        this.environment = environment;
    }

    /** The output of a command. */
    private record Said(int exit, byte[] output, String error) {

        /** Whether all errors are about objects that were removed in the meantime; there is one line for each. */
        boolean isOfTheGone() {
            List<String> complaints = error.lines()
                    .filter(line -> COMPLAINT.matcher(line).lookingAt())
                    .toList();
            return complaints.isEmpty()
                    ? GONE.matcher(error).find()
                    : complaints.stream().allMatch(line -> GONE.matcher(line).find());
        }
    }

    /**
     * Finds the client.
     *
     * @param environment of the build, as far as it matters: {@code PATH} contains the client
     * @throws HostException if there is no client
     */
    static DockerClient find(Map<String, String> environment) throws HostException {
        return lookUp(environment)
                .orElseThrow(
                        () -> new HostException("there is no docker client in the PATH; install it there, or run this"
                                + " step on an agent that has one"));
    }

    /** The client in the {@code PATH}; empty if there is none. */
    static Optional<DockerClient> lookUp(Map<String, String> environment) {
        String path = environment.getOrDefault(
                "PATH", Optional.ofNullable(System.getenv("PATH")).orElse(""));
        return Stream.of(path.split(Pattern.quote(File.pathSeparator)))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> executable(folder, fileName(File.separatorChar == '\\')))
                .flatMap(Optional::stream)
                .findFirst()
                .map(client -> new DockerClient(client, environment));
    }

    /**
     * On Windows, accepts only what the system starts without a shell: no scripts, and not the file without extension
     * next to Docker Desktop's client.
     */
    static String fileName(boolean windows) {
        return windows ? "docker.exe" : "docker";
    }

    private static Optional<Path> executable(String folder, String name) {
        try {
            return Optional.of(Path.of(folder, name))
                    .filter(Files::isRegularFile)
                    .filter(Files::isExecutable);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Runs a command and returns its output lines. */
    List<String> lines(String... arguments) throws HostException, InterruptedException {
        Said said = run(List.of(arguments));
        if (said.exit != 0) {
            throw failure(said);
        }
        return new String(said.output, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The output of {@code docker <kind> inspect} for {@code ids}, without those that were removed in the meantime. */
    List<Json> inspect(String kind, List<String> ids) throws HostException, InterruptedException {
        List<Json> found = new ArrayList<>();
        // A command line with several thousand ids is too long for the operating system.
        for (int from = 0; from < ids.size(); from += 100) {
            List<String> command = new ArrayList<>(List.of(kind, "inspect", "--format", "{{json .}}"));
            command.addAll(ids.subList(from, Math.min(ids.size(), from + 100)));
            Said said = run(command);
            if (said.exit != 0 && !said.isOfTheGone()) {
                throw failure(said);
            }
            new String(said.output, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8))
                            .filter(Json::isObject)
                            .ifPresent(found::add));
        }
        return found;
    }

    /**
     * Removes an object; one that was already removed counts, too.
     *
     * @return why the daemon refuses; empty if the object is gone
     */
    Optional<String> remove(HostObject object) throws HostException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(object.kind().command(), "rm"));
        command.addAll(object.references());
        Said said = run(command);
        return said.exit == 0 || said.isOfTheGone() ? Optional.empty() : Optional.of(oneLine(said.error));
    }

    private Said run(List<String> arguments) throws HostException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(client.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        if (File.separatorChar == '\\') {
            // On Windows, Path and PATH are the same variable, which the process must have once.
            builder.environment()
                    .keySet()
                    .removeIf(name -> environment.keySet().stream().anyMatch(name::equalsIgnoreCase));
        }
        builder.environment().putAll(environment);
        try (Output output = new Output();
                Output error = new Output()) {
            Process process = builder.redirectOutput(output.file.toFile())
                    .redirectError(error.file.toFile())
                    .start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
                    throw new HostException("the docker client did not respond for " + TIMEOUT_MINUTES
                            + " minutes; check whether the daemon hangs");
                }
                return new Said(
                        process.exitValue(),
                        output.read(MAX_OUTPUT),
                        new String(error.read(MAX_ERROR), StandardCharsets.UTF_8));
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (HostException e) {
            throw e;
        } catch (IOException e) {
            throw new HostException("cannot run the docker client " + client + " (" + e.getMessage() + ")");
        }
    }

    /**
     * A file for the client's output, readable by its owner only. A pipe would not end until every process that
     * inherited it has ended.
     */
    private static final class Output implements AutoCloseable {
        private final Path file = Files.createTempFile("docker-promotion", ".out");

        Output() throws IOException {}

        byte[] read(int limit) throws IOException {
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(limit);
            }
        }

        @Override
        public void close() throws IOException {
            Files.deleteIfExists(file);
        }
    }

    /** Quotes the client, and adds what to do about known errors. */
    private HostException failure(Said said) {
        String words = oneLine(said.error.isBlank() ? "exit code " + said.exit : said.error);
        if (words.contains("Cannot connect to the Docker daemon") || words.contains("error during connect")) {
            return new HostException("no daemon answers (" + words + "); start it, or set DOCKER_HOST");
        }
        if (words.contains("permission denied")) {
            return new HostException("the agent's user has no access to the daemon (" + words
                    + "); add it to the group docker, or set DOCKER_HOST");
        }
        return new HostException("the docker client failed (" + words + ")");
    }

    private static String oneLine(String text) {
        return LogText.oneLine(text, MAX_QUOTE);
    }
}
