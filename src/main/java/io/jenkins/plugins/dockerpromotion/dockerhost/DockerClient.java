package io.jenkins.plugins.dockerpromotion.dockerhost;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import io.jenkins.plugins.dockerpromotion.registry.http.Quoted;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the docker client, always by a list of arguments and never through a shell. */
final class DockerClient {

    /** Ten thousand images say less. */
    private static final int MAX_OUTPUT = 128 * 1024 * 1024;

    private static final int MAX_ERROR = 64 * 1024;
    private static final int MAX_QUOTE = 300;

    /** Removing a large image takes minutes on a slow disk; a daemon that says nothing for so long is stuck. */
    private static final long TIMEOUT_MINUTES = 10;

    private static final long LONGEST_PAUSE_MILLIS = 100;

    /** Beside these lines there may be warnings. */
    private static final Pattern COMPLAINT = Pattern.compile("(?i)error");

    private static final Pattern GONE = Pattern.compile("(?i)no such|not found|already in progress");

    private final Path client;
    private final Map<String, String> environment;

    private DockerClient(Path client, Map<String, String> environment) {
        this.client = client;
        this.environment = environment;
    }

    /** What a command said. */
    private record Said(int exit, byte[] output, String error) {

        /** Whether it complains of nothing but things that went away meanwhile; there is a line for each of several. */
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
     * @param environment of the build, as far as it matters: {@code PATH} says where the client is
     * @throws HostException if there is none
     */
    static DockerClient find(Map<String, String> environment) throws HostException {
        return lookUp(environment)
                .orElseThrow(
                        () -> new HostException("there is no docker client in the PATH; install it there, or run this"
                                + " step on an agent that has one"));
    }

    /** The client in the {@code PATH}, if there is one. */
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
     * On Windows only what the system starts without a shell: no script, and not the file without an ending that Docker
     * Desktop has beside its client.
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

    /** The lines that a command prints. */
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

    /** What {@code docker <kind> inspect} tells of {@code ids}; those that went away meanwhile are left out. */
    List<JsonValue> inspect(String kind, List<String> ids) throws HostException, InterruptedException {
        List<JsonValue> found = new ArrayList<>();
        // A command line of some thousand ids is longer than what an operating system takes.
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
                            .filter(JsonValue::isObject)
                            .ifPresent(found::add));
        }
        return found;
    }

    /**
     * Removes something; what went away meanwhile counts as removed.
     *
     * @return why the daemon refuses; nothing if it is gone
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
            // There Path and PATH are one variable, and the process is to have it once.
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
            // Plugins and helpers that the client starts end with it, also those that it leaves behind.
            Set<ProcessHandle> started = new HashSet<>();
            try {
                process.getOutputStream().close();
                if (!waitFor(process, started)) {
                    throw new HostException("the docker client did not respond for " + TIMEOUT_MINUTES
                            + " minutes; check whether the daemon hangs");
                }
                return new Said(
                        process.exitValue(),
                        output.read(MAX_OUTPUT),
                        new String(error.read(MAX_ERROR), StandardCharsets.UTF_8));
            } finally {
                process.descendants().forEach(started::add);
                process.destroyForcibly();
                started.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (HostException e) {
            throw e;
        } catch (IOException e) {
            throw new HostException("the docker client " + client + " cannot be run (" + e.getMessage() + ")");
        }
    }

    private static boolean waitFor(Process process, Set<ProcessHandle> started) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(TIMEOUT_MINUTES);
        long pause = 1;
        do {
            process.descendants().forEach(started::add);
            if (process.waitFor(pause, TimeUnit.MILLISECONDS)) {
                return true;
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        } while (System.nanoTime() < deadline);
        return false;
    }

    /**
     * A file that takes what the client prints, readable by its owner alone. Not a pipe: the end of a pipe comes only when
     * every process that has inherited it has ended.
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

    /** In the client's own words, with what to do where they are known. */
    private HostException failure(Said said) {
        String words = oneLine(said.error.isBlank() ? "it ended with " + said.exit : said.error);
        if (words.contains("Cannot connect to the Docker daemon") || words.contains("error during connect")) {
            return new HostException("no daemon answers (" + words + "); start it, or set DOCKER_HOST");
        }
        if (words.contains("permission denied")) {
            return new HostException("the agent's user may not use the daemon (" + words
                    + "); add it to the group docker, or set DOCKER_HOST");
        }
        return new HostException("the docker client failed (" + words + ")");
    }

    private static String oneLine(String text) {
        return Quoted.oneLine(text, MAX_QUOTE);
    }
}
