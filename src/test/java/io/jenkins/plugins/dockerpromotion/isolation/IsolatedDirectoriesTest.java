package io.jenkins.plugins.dockerpromotion.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.FilePath;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.slaves.DumbSlave;
import io.jenkins.plugins.dockerpromotion.controller.Frozen;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
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
import java.util.stream.Stream;
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

        Waiting.until("all records to go", () -> records().isEmpty());
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

        Waiting.until("all records to go", () -> records().isEmpty());
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
        try (Frozen ignored = Frozen.agent(hanging)) {
            directories.sweep(directory -> true);

            Waiting.until("the other agent's directories to go", () -> records().size() == 5);
            assertThat(parent.list()).isEmpty();
        }
        Waiting.until("all records to go", () -> records().isEmpty());
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
}
