package io.jenkins.plugins.dockerpromotion.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs command-line tools as a user would. */
final class CommandLine {

    private final Map<String, String> environment;

    CommandLine(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    static final CommandLine PLAIN = new CommandLine(Map.of());

    /** Returns the output of the command. A failed command fails the benchmark. */
    String run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
        return said;
    }

    String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }
}
