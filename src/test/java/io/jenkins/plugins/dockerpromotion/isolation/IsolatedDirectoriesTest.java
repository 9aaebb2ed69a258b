package io.jenkins.plugins.dockerpromotion.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jenkins.security.MasterToSlaveCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class IsolatedDirectoriesTest {

    private static JenkinsRule jenkins;
    private static DumbSlave agent;

    @TempDir
    private Path home;

    private IsolatedDirectories directories;
    private FreeStyleBuild build;
    private FilePath parent;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        agent = rule.createOnlineSlave();
    }

    @BeforeEach
    void endedBuild() throws Exception {
        directories = new IsolatedDirectories(home.toFile());
        FreeStyleProject job = jenkins.createFreeStyleProject();
        build = jenkins.buildAndAssertSuccess(job);
        parent = agent.getRootPath().child(job.getName() + "@tmp");
    }

    @Test
    void aDirectoryIsWrittenDownAsLongAsItIsThere() throws Exception {
        String name = make();
        assertThat(parent.child(name).child("config.json").exists()).isTrue();
        assertThat(records()).containsExactly(name + ".xml");

        directories.remove(name);

        assertThat(parent.child(name).exists()).isFalse();
        assertThat(records()).isEmpty();
    }

    @Test
    void theNextControllerRemovesWhatNoBuildNeeds() throws Exception {
        String name = make();

        new IsolatedDirectories(home.toFile()).sweep(directory -> true);

        await(() -> records().isEmpty());
        assertThat(parent.child(name).exists()).isFalse();
    }

    @Test
    void aLinkIsRemovedAndNotWhereItLeads(@TempDir Path elsewhere) throws Exception {
        String name = make();
        Path directory = Path.of(parent.child(name).getRemote());
        Path precious = Files.writeString(elsewhere.resolve("precious"), "");
        Files.createSymbolicLink(directory.resolve("link"), elsewhere);

        directories.remove(name);

        assertThat(directory).doesNotExist();
        assertThat(precious).exists();
    }

    @Test
    void whatWasNotWrittenHereIsNeverRemoved() throws Exception {
        String name = make();
        String record = Files.readString(home.resolve(name + ".xml"));
        directories.remove(name);
        FilePath precious = parent.child("precious");
        precious.mkdirs();
        Files.writeString(home.resolve("precious.xml"), record.replace(name, "precious"));
        Files.writeString(home.resolve("other.xml"), record);
        Files.writeString(home.resolve("broken.xml"), "<isolatedDirectory>");
        IsolatedDirectories next = new IsolatedDirectories(home.toFile());

        next.sweep(directory -> true);
        next.remove("precious");

        assertThat(precious.exists()).isTrue();
        assertThat(records()).containsExactlyInAnyOrder("precious.xml", "other.xml", "broken.xml");
    }

    @Test
    void aRecordGoesAlongWithItsJobAndItsAgent() throws Exception {
        String name = make();

        directories.update(d -> d.afterMoveOf(build.getParent().getFullName(), "folder/job"));
        directories.update(d -> d.afterMoveOf("fold", "x"));
        directories.update(d -> d.afterRenameOf(agent.getNodeName(), "new"));
        directories.update(d -> d.afterRenameOf("other", "x"));

        assertThat(home.resolve(name + ".xml")).content().contains("<build>folder/job#1</build>", "<node>new</node>");
    }

    @Test
    void aRecordIsForgottenAWeekAfterItsAgentAndNotBefore() throws Exception {
        String name = make();
        directories.update(d -> d.afterRenameOf(agent.getNodeName(), "gone"));

        directories.sweep(directory -> true);
        directories.sweep(directory -> true);
        assertThat(records()).hasSize(1);
        Instant old = Instant.now().minus(IsolatedDirectories.WAIT_FOR_NODE).minusSeconds(60);
        Files.setLastModifiedTime(home.resolve(name + ".xml"), FileTime.from(old));
        directories.sweep(directory -> true);

        await(() -> records().isEmpty());
        assertThat(parent.child(name).exists()).isTrue();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "processes cannot be stopped there")
    void anAgentThatHangsKeepsNoOtherWaiting() throws Exception {
        DumbSlave hanging = jenkins.createOnlineSlave();
        FilePath there = hanging.getRootPath().child("job@tmp");
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            names.add(make(there));
            names.add(make(parent));
        }
        String pid = Long.toString(hanging.getChannel().call(new Pid()));
        signal("-STOP", pid);
        try {
            directories.sweep(directory -> true);

            await(() -> records().size() == 5);
            assertThat(parent.list()).isEmpty();
        } finally {
            signal("-CONT", pid);
        }
        await(() -> records().isEmpty());
    }

    private static void signal(String signal, String pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", signal, pid).start().waitFor()).isZero();
    }

    private static final class Pid extends MasterToSlaveCallable<Long, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }

    private String make() throws Exception {
        return make(parent);
    }

    private String make(FilePath parent) throws Exception {
        String name = IsolatedDirectory.nameFor(UUID.randomUUID());
        directories.make(
                IsolatedDirectory.of(parent, name, build),
                parent.child(name),
                new ConfigRequest(ConfigRequest.Inherit.NOTHING, "@tmp", Map.of(), Map.of()));
        return name;
    }

    private List<String> records() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
