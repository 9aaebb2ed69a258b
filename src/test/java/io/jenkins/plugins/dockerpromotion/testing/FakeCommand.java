package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A command of an agent that does what a test wants, in place of the real one. */
public final class FakeCommand {

    private FakeCommand() {}

    /**
     * Makes the command.
     *
     * @param folder that stands in the {@code PATH} before the real one
     * @param body of a shell script
     */
    public static void install(Path folder, String name, String body) throws IOException {
        Path command = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        if (!command.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + command);
        }
    }

    /** The {@code PATH} of an agent that finds the commands of {@code folder} first. */
    public static String path(Path folder) {
        return folder + ":" + System.getenv("PATH");
    }
}
