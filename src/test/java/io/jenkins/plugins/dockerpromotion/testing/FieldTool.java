package io.jenkins.plugins.dockerpromotion.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command that people use on registries, such as {@code cosign}: from the {@code PATH}, or from the folder that the
 * environment variable {@code FIELD_TOOLS} names.
 */
public final class FieldTool {

    private final Path binary;
    private final Path directory;
    private final Map<String, String> environment;

    private FieldTool(Path binary, Path directory, Map<String, String> environment) {
        this.binary = binary;
        this.directory = directory;
        this.environment = environment;
    }

    /**
     * What a command did.
     *
     * @param output what it wrote to its standard output
     * @param errors what it wrote beside
     */
    public record Result(int status, String output, String errors) {}

    public static Optional<Path> find(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(
                        Optional.ofNullable(System.getenv("FIELD_TOOLS")).stream(),
                        Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips a test class, with a line on the console, where one of the commands is not installed. */
    public static void assumeAvailable(Class<?> testClass, String... names) {
        for (String name : names) {
            LeftOut.unless(find(name).isPresent(), testClass, name + " is not installed");
        }
    }

    /** @param directory where it runs, and has its home */
    public static FieldTool of(String name, Path directory) {
        return new FieldTool(
                find(name).orElseThrow(), directory, Map.of("HOME", directory.toString(), "COSIGN_PASSWORD", ""));
    }

    /** The same command with some more environment variables, or other values of these. */
    public FieldTool with(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return new FieldTool(binary, directory, all);
    }

    /** Runs the command, which has to succeed, and returns its output. */
    public String run(String... arguments) throws IOException, InterruptedException {
        Result result = attempt(arguments);
        if (result.status != 0) {
            throw new IOException(binary.getFileName() + " " + String.join(" ", arguments) + " ended with "
                    + result.status + ": " + result.errors);
        }
        return result.output;
    }

    /** Runs the command, whether it succeeds or not. */
    public Result attempt(String... arguments) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", "");
        Path errors = Files.createTempFile(directory, "errors", "");
        Process process = builder(arguments)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        process.getOutputStream().close();
        return new Result(process.waitFor(), Files.readString(output), Files.readString(errors));
    }

    /** Starts the command, which goes on until it is told to end. */
    public Process start(String... arguments) throws IOException {
        return builder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    /** Ends a command that was started, by force after twenty seconds. */
    static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().putAll(environment);
        return builder;
    }
}
