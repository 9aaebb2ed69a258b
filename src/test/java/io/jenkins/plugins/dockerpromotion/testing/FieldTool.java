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
 * A command-line tool for registries, such as {@code cosign}. Found in the folder that the environment variable
 * {@code FIELD_TOOLS} names, or in {@code PATH}.
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
     * The result of a command.
     *
     * @param output its standard output
     * @param errors its standard error
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

    /** Prints the reason and skips the test class if one of the commands is not installed. */
    public static void assumeAvailable(Class<?> testClass, String... names) {
        for (String name : names) {
            LeftOut.unless(find(name).isPresent(), testClass, name + " is not installed");
        }
    }

    /** @param directory the working directory, also {@code HOME} */
    public static FieldTool of(String name, Path directory) {
        return new FieldTool(
                find(name).orElseThrow(), directory, Map.of("HOME", directory.toString(), "COSIGN_PASSWORD", ""));
    }

    /** Adds or replaces environment variables. */
    public FieldTool with(Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables);
        return new FieldTool(binary, directory, all);
    }

    /** Returns the output; throws if the command fails. */
    public String run(String... arguments) throws IOException, InterruptedException {
        Result result = attempt(arguments);
        if (result.status != 0) {
            throw new IOException(binary.getFileName() + " " + String.join(" ", arguments) + " ended with "
                    + result.status + ": " + result.errors);
        }
        return result.output;
    }

    /** Like {@link #run}, but does not throw if the command fails. */
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

    /** Starts the command and does not wait for it; {@link #end} stops it. */
    public Process start(String... arguments) throws IOException {
        return builder(arguments)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    /** Stops a started command; kills it after 20 seconds. */
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
