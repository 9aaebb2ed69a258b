package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A shell script that replaces a command of an agent. */
public final class FakeCommand {

    private FakeCommand() {}

    /**
     * Creates the command.
     *
     * @param folder a folder that precedes the real command in {@code PATH}
     * @param body the shell script, without {@code #!/bin/sh}
     */
    public static void install(Path folder, String name, String body) throws IOException {
        Path command = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + body + "\n");
        if (!command.toFile().setExecutable(true)) {
            throw new IOException("cannot be made executable: " + command);
        }
    }

    /** A {@code PATH} in which {@code folder} comes first. */
    public static String path(Path folder) {
        return folder + ":" + System.getenv("PATH");
    }
}
