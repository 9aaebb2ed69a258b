package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Label;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.libs.GlobalUntrustedLibraries;
import org.jenkinsci.plugins.workflow.libs.LibraryConfiguration;
import org.jenkinsci.plugins.workflow.libs.LibraryRetriever;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs the examples of {@code docs/examples} that have no test class of their own, unchanged. */
@WithController
class MoreExamplesTest {

    private static final Path EXAMPLES = Path.of("docs/examples");
    private static final String PASSWORD = "only-for-the-registry";

    @TempDir
    private static Path bin;

    private static JenkinsRule jenkins;

    private ReleaseHub hub;
    private InMemoryRegistry registry;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setNumExecutors(0);
        FakeCommand.install(
                bin,
                "docker",
                "echo \"$@\" >>" + bin + "/calls; cp \"$DOCKER_CONFIG/config.json\" " + bin + "/config.json");
        rule.waitOnline(rule.createSlave(Label.get("agent"), new EnvVars("PATH", FakeCommand.path(bin))));
        Setup.addLogin("docker-hub", ReleaseHub.USER, ReleaseHub.PASSWORD);
        Setup.addLogin("registry", "robot", PASSWORD);
    }

    @BeforeEach
    void openRegistries() throws Exception {
        hub = ReleaseHub.start();
        registry = InMemoryRegistry.builder().bearer().user("robot", PASSWORD).start();
        Setup.useDockerHub(
                hub.hub(),
                new RegistryConfiguration("registry.example.com", registry.uri().toString()));
    }

    @AfterEach
    void closeRegistries() {
        hub.close();
        registry.close();
    }

    private static WorkflowRun run(String example) throws Exception {
        WorkflowJob job = Setup.job(jenkins, Files.readString(EXAMPLES.resolve(example)));
        WorkflowRun run = jenkins.buildAndAssertSuccess(job);
        Setup.assertNoApprovalAsked();
        assertThat(SecretSearch.filesHolding(run.getRootDir().toPath(), PASSWORD, ReleaseHub.PASSWORD))
                .isEmpty();
        return run;
    }

    @ParameterizedTest
    @ValueSource(strings = {"isolated-login/Jenkinsfile", "isolated-login/scripted/Jenkinsfile"})
    void dockerIsLoggedInToBothRegistriesAndNothingStays(String example) throws Exception {
        Files.deleteIfExists(bin.resolve("calls"));

        WorkflowRun run = run(example);

        assertThat(Files.readAllLines(bin.resolve("calls")))
                .containsExactly(
                        "build --pull --tag registry.example.com/group/app:1 .",
                        "push registry.example.com/group/app:1");
        JsonNode logins = new ObjectMapper()
                .readTree(Files.readString(bin.resolve("config.json")))
                .get("auths");
        assertThat(login(logins, "registry.example.com")).isEqualTo("robot:" + PASSWORD);
        assertThat(login(logins, "https://index.docker.io/v1/")).isEqualTo(ReleaseHub.USER + ":" + ReleaseHub.PASSWORD);
        FilePath temporary = jenkins.jenkins
                .getNodes()
                .get(0)
                .getWorkspaceFor(run.getParent())
                .withSuffix("@tmp");
        assertThat(temporary.exists() ? temporary.list("docker-*/**") : new FilePath[0])
                .isEmpty();
    }

    private static String login(JsonNode logins, String registry) {
        byte[] auth =
                Base64.getDecoder().decode(logins.get(registry).get("auth").asText());
        return new String(auth, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"between-registries/Jenkinsfile", "between-registries/scripted/Jenkinsfile"})
    void theImageIsTheSameInTheOtherRegistry(String example) throws Exception {
        run(example);

        for (String tag : List.of(ReleaseHub.TAG, "latest")) {
            assertThat(registry.digestOf("prod/serviceone", tag)).contains(hub.digest());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared-library/Jenkinsfile", "shared-library/scripted/Jenkinsfile"})
    void aLibraryThatNobodyHasToTrustReleases(String example) throws Exception {
        LibraryConfiguration library = new LibraryConfiguration(
                "docker-releases",
                new FolderRetriever(EXAMPLES.resolve("shared-library").toString()));
        library.setDefaultVersion("main");
        GlobalUntrustedLibraries.get().setLibraries(List.of(library));

        WorkflowRun run = run(example);

        assertThat(hub.faults()).isEmpty();
        assertThat(run.getDescription()).isEqualTo(ReleaseHub.IMAGE + ":" + ReleaseHub.TAG);
    }

    /** Provides a library from a local folder, whichever version is requested. */
    public static final class FolderRetriever extends LibraryRetriever {

        private final String folder;

        FolderRetriever(String folder) {
            this.folder = folder;
        }

        @Override
        public void retrieve(
                String name, String version, boolean changelog, FilePath target, Run<?, ?> run, TaskListener listener)
                throws Exception {
            new FilePath(Path.of(folder).toAbsolutePath().toFile()).copyRecursiveTo("vars/*.groovy", target);
        }

        @Override
        public void retrieve(String name, String version, FilePath target, Run<?, ?> run, TaskListener listener)
                throws Exception {
            retrieve(name, version, false, target, run, listener);
        }
    }

    @Test
    void everyExampleIsListedAndThereIsAScriptedOneOfEach() throws IOException {
        List<Path> files;
        // This example is a complete project with its own page and test.
        Path project = Path.of("jenkinsfile-test");
        try (Stream<Path> all = Files.walk(EXAMPLES)) {
            files = all.filter(Files::isRegularFile)
                    .map(EXAMPLES::relativize)
                    .filter(file -> !file.startsWith(project))
                    .toList();
        }
        String list = Files.readString(EXAMPLES.resolve("README.md"));
        assertThat(list).contains("](" + project + "/Jenkinsfile)");
        for (Path file : files) {
            if (!file.equals(Path.of("README.md"))) {
                assertThat(list).contains("](" + file.toString().replace('\\', '/') + ")");
            }
            if (file.endsWith("Jenkinsfile") && !file.endsWith("scripted/Jenkinsfile")) {
                assertThat(files).contains(file.resolveSibling("scripted").resolve("Jenkinsfile"));
            }
        }
        assertThat(files).hasSizeGreaterThan(15);
    }
}
