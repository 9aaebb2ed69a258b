package io.jenkins.plugins.dockerpromotion.dockerhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Uses a shell script that fails with the messages of the docker CLI. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell script")
class DockerClientTest {

    private static final String WARNING = "WARNING: Error loading config file: permission denied";
    private static final String GONE = "Error response from daemon: No such image: app:1";
    private static final String REFUSED =
            "Error response from daemon: conflict: unable to remove repository reference \"app:2\" (must force)";

    @TempDir
    private Path folder;

    private DockerClient failingWith(String... lines) throws Exception {
        Path program = Files.writeString(
                folder.resolve("docker"),
                "#!/bin/sh\ncat >&2 <<'END'\n" + String.join("\n", lines) + "\nEND\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return DockerClient.find(Map.of("PATH", folder + ":" + System.getenv("PATH")));
    }

    private static HostObject image() {
        return new HostObject(HostObject.Kind.IMAGE, "id", "app", List.of("app:1", "app:2"), Instant.EPOCH, 0, false);
    }

    @Test
    void takesWhatIsGoneForRemoved() throws Exception {
        assertThat(failingWith(WARNING, GONE).remove(image())).isEmpty();
        assertThat(failingWith("no such image: app:1").remove(image())).isEmpty();
    }

    @Test
    void doesNotTakeARefusalForRemovedBecauseAnotherTagIsGone() throws Exception {
        assertThat(failingWith(WARNING, GONE, REFUSED).remove(image()))
                .hasValueSatisfying(words -> assertThat(words).contains("conflict: unable to remove"));
    }

    @Test
    void doesNotTakeALostDaemonForAbsence() throws Exception {
        DockerClient docker = failingWith(GONE, "error during connect: connection refused");
        assertThatThrownBy(() -> docker.inspect("image", List.of("app:1", "app:2")))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("no daemon answers");
        assertThat(failingWith(WARNING, GONE).inspect("image", List.of("app:1")))
                .isEmpty();
    }

    @Test
    @Timeout(60)
    void doesNotWaitForAChildThatHoldsTheOutput() throws Exception {
        FakeCommand.install(folder, "docker", "sleep 600 & echo $!");
        DockerClient docker = DockerClient.find(Map.of("PATH", FakeCommand.path(folder)));

        List<String> lines = docker.lines("info");

        assertThat(ProcessHandle.of(Long.parseLong(lines.get(0)))).hasValueSatisfying(ProcessHandle::destroyForcibly);
    }
}
