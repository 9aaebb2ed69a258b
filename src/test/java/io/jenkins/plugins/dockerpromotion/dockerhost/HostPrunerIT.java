package io.jenkins.plugins.dockerpromotion.dockerhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.DockerDaemonProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs against a real Docker daemon. */
class HostPrunerIT {

    private static DockerDaemonProcess daemon;
    private static Map<String, String> environment;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        daemon = DockerDaemonProcess.startOrSkip(HostPrunerIT.class);
        environment = Map.of("DOCKER_HOST", daemon.host(), "PATH", System.getenv("PATH"));
    }

    @AfterAll
    static void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private static List<String> docker(String... arguments) throws Exception {
        return DockerClient.find(environment).lines(arguments);
    }

    /** Prunes with a clock that is a day ahead, so that every object is older than the age. */
    private HostReceipt prune(Instant oldestBuild, boolean dryRun, String... imagesOfBuilds) throws Exception {
        HostPolicy policy = new HostPolicy(
                Duration.ofHours(2),
                true,
                true,
                dryRun,
                new HostPolicy.Busy(oldestBuild, oldestBuild, Set.of(imagesOfBuilds)),
                environment);
        return HostPruner.prune(policy, Instant.now().plus(Duration.ofDays(1)), said::add);
    }

    @Test
    void removesWhatIsOldAndNothingThatARunningBuildUses() throws Exception {
        for (String old :
                List.of("old:1", "of-old-container:1", "used-by-build:1", "known-to-build:1", "taken-again:1")) {
            daemon.importEmptyImage(old);
        }
        docker("tag", "old:1", "old:2");
        docker("create", "--network", "none", "--name", "old-container", "-v", "/data", "of-old-container:1", "/file");
        docker("network", "create", "old-network");
        docker("volume", "create", "named");
        // An anonymous volume whose container is removed stays behind.
        docker("create", "--network", "none", "--name", "gone", "-v", "/data", "old:1", "/file");
        docker("rm", "gone");
        String known = docker("image", "inspect", "--format", "{{.Id}}", "known-to-build:1")
                .get(0);

        Instant oldestBuild = Instant.now().plusSeconds(1);
        while (Instant.now().isBefore(oldestBuild)) {
            Thread.sleep(10); // the creation time of a volume has a resolution of one second
        }
        docker("tag", "taken-again:1", "taken-again:2");
        docker("create", "--network", "none", "--name", "short-lived", "used-by-build:1", "/file");
        docker("rm", "short-lived");
        daemon.importEmptyImage("new:1");
        docker("create", "--network", "none", "--name", "new-container", "new:1", "/file");
        docker("network", "create", "new-network");

        HostReceipt planned = prune(oldestBuild, true, known);
        List<String> before = docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}");
        HostReceipt done = prune(oldestBuild, false, known);

        assertThat(before).contains("old:1", "old:2");
        assertThat(done.removed()).isEqualTo(planned.removed());
        assertThat(docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"))
                .containsExactlyInAnyOrder(
                        "used-by-build:1", "known-to-build:1", "taken-again:1", "taken-again:2", "new:1");
        assertThat(docker("container", "ls", "--all", "--format", "{{.Names}}")).containsExactly("new-container");
        assertThat(docker("network", "ls", "--filter", "type=custom", "--format", "{{.Name}}"))
                .containsExactly("new-network");
        assertThat(docker("volume", "ls", "--format", "{{.Name}}")).containsExactly("named");
        assertThat(done.asMap())
                .containsEntry("images", 2L)
                .containsEntry("containers", 1L)
                .containsEntry("networks", 1L)
                .containsEntry("volumes", 2L);
        assertThat(done.bytes()).isPositive();
        assertThat(done.kept()).as("4 images, 1 container, 1 network").isEqualTo(6);
        assertThat(prune(oldestBuild, false, known).removed())
                .as("nothing is left to do")
                .isEmpty();
    }

    @Test
    void saysThatThereIsNoClient(@TempDir Path empty) {
        assertThatThrownBy(() -> DockerClient.find(Map.of("PATH", empty.toString())))
                .isInstanceOf(HostException.class)
                .hasMessage("there is no docker client in the PATH; install it there, or run this step on an agent that"
                        + " has one");
    }

    @Test
    void saysThatThereIsNoDaemon() throws Exception {
        DockerClient docker =
                DockerClient.find(Map.of("PATH", System.getenv("PATH"), "DOCKER_HOST", "unix:///nowhere/socket"));
        assertThatThrownBy(() -> docker.lines("container", "ls"))
                .isInstanceOf(HostException.class)
                .hasMessageStartingWith("no daemon answers (Cannot connect to the Docker daemon")
                .hasMessageEndingWith("start it, or set DOCKER_HOST")
                .hasMessageNotContaining("\n");
    }

    @Test
    void looksPastWhatWentAwayMeanwhile() throws Exception {
        DockerClient docker = DockerClient.find(environment);
        assertThat(docker.inspect("container", List.of("0123456789ab"))).isEmpty();
        assertThat(docker.remove(
                        new HostObject(HostObject.Kind.IMAGE, "x", "x", List.of("gone:1"), Instant.EPOCH, 0, false)))
                .isEmpty();
    }

    @Test
    void stopsTheClientAtOnceWhenItIsInterrupted(@TempDir Path folder) throws Exception {
        Path docker =
                Files.writeString(folder.resolve("docker"), "#!/bin/sh\ntouch " + folder + "/began\nexec sleep 600\n");
        assertThat(docker.toFile().setExecutable(true)).isTrue();
        DockerClient client = DockerClient.find(Map.of("PATH", folder + ":" + System.getenv("PATH")));
        List<Throwable> thrown = new ArrayList<>();
        Thread caller = new Thread(() -> {
            try {
                client.lines("container", "ls");
            } catch (HostException | InterruptedException e) {
                thrown.add(e);
            }
        });
        caller.start();
        while (!Files.exists(folder.resolve("began"))) {
            Thread.sleep(10);
        }
        caller.interrupt();
        caller.join(Duration.ofSeconds(10).toMillis());
        assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
        // A killed process can still be listed for a moment.
        for (ProcessHandle killed : ProcessHandle.current()
                .descendants()
                .filter(p -> p.info().commandLine().orElse("").contains("sleep 600"))
                .toList()) {
            killed.onExit().get(10, TimeUnit.SECONDS);
        }
    }
}
