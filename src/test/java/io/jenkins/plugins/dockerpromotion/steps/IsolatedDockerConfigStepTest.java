package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Label;
import hudson.model.Result;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import hudson.slaves.WorkspaceList;
import hudson.util.FormValidation;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.steps.IsolatedDockerConfigStep.RegistryLogin;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import jenkins.model.CauseOfInterruption;
import net.sf.json.JSONObject;
import org.apache.commons.io.FileUtils;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class IsolatedDockerConfigStepTest {

    private static final String PASSWORD = "s3cret-Passw0rd!";
    private static final String TOKEN = "t0ken-0123456789";

    @TempDir
    private static Path agentConfig;

    private static JenkinsRule jenkins;
    private static DumbSlave agent;

    private WorkflowJob job;

    @BeforeAll
    static void agent(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setQuietPeriod(0);
        List<Credentials> credentials = SystemCredentialsProvider.getInstance().getCredentials();
        credentials.add(login("login", "bob"));
        credentials.add(new StringCredentialsImpl(CredentialsScope.GLOBAL, "token", "", Secret.fromString(TOKEN)));
        SystemCredentialsProvider.getInstance().save();
        agent = jenkins.createSlave(Label.get("agent"), new EnvVars("DOCKER_CONFIG", agentConfig.toString()));
        jenkins.waitOnline(agent);
    }

    @BeforeEach
    void job() throws Exception {
        job = jenkins.createProject(WorkflowJob.class);
        try (Stream<Path> files = Files.list(agentConfig)) {
            for (Path file : files.toList()) {
                FileUtils.forceDelete(file.toFile());
            }
        }
    }

    @Test
    void theFormKeepsWhatIsEnteredInIt() throws Exception {
        IsolatedDockerConfigStep step = new IsolatedDockerConfigStep();
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        step.setRegistry("registry.example.com");
        step.setCredentialsId("login");
        step.setRegistries(List.of(new RegistryLogin("ghcr.io", "token"), new RegistryLogin(null, "login")));
        step.setInherit(false);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
    }

    @Test
    void theSnippetGeneratorWritesWhatAnAuthorWouldWrite() throws Exception {
        IsolatedDockerConfigStep step = new IsolatedDockerConfigStep();
        StepForm.assertSnippet(step, "isolatedDockerConfig {\n    // some block\n}");
        step.setRegistry("registry.example.com");
        step.setCredentialsId("login");
        StepForm.assertSnippet(
                step,
                "isolatedDockerConfig(credentialsId: 'login', registry: 'registry.example.com') {\n    // some block\n}");
        StepForm.assertSnippet(
                jenkins,
                IsolatedDockerConfigStep.class,
                JSONObject.fromObject("{'registry': '', 'credentialsId': '', 'inherit': false, 'registries':"
                        + " [{'url': 'ghcr.io', 'credentialsId': 'token'}]}"),
                "isolatedDockerConfig(inherit: false, registries: [[credentialsId: 'token', url: 'ghcr.io']]) {\n"
                        + "    // some block\n}");
    }

    @Test
    void theFormChecksTheRegistry() {
        IsolatedDockerConfigStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(IsolatedDockerConfigStep.DescriptorImpl.class);
        assertThat(form.doCheckRegistry(job, "registry.example.com:5000").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckRegistry(job, "")).hasMessage("Docker Hub");
        assertThat(form.doCheckRegistry(job, "registry.example.com/group")).hasMessageContaining("is not a registry");
    }

    @Test
    void theBlockHasAConfigurationOfItsOwnThatOnlyItsUserCanRead() throws Exception {
        Files.writeString(
                agentConfig.resolve("config.json"),
                "{\"auths\": {\"quay.io\": {\"auth\": \"YTpi\"}}, \"credsStore\": \"pass\", \"psFormat\": \"x\"}");
        WorkflowRun run = begin("""
                isolatedDockerConfig(registry: 'registry.example.com:5000', credentialsId: 'login', registries: [
                        [url: 'ghcr.io', credentialsId: 'token'], [credentialsId: 'login']]) {
                    sh 'echo "config=$DOCKER_CONFIG"; echo "authfile=$REGISTRY_AUTH_FILE"'
                    gate 'inside'
                }
                sh 'echo "afterwards=$DOCKER_CONFIG"'
                """);
        GateStep.waitFor("inside");
        Path directory = onlyDirectory();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        Path file = directory.resolve("config.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file)
                .content()
                .contains("registry.example.com:5000", "ghcr.io", "https://index.docker.io/v1/", TOKEN, "psFormat")
                .doesNotContain("credsStore")
                .doesNotContain("quay.io");
        GateStep.open("inside");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("config=" + directory, run);
        jenkins.assertLogContains("authfile=" + file, run);
        jenkins.assertLogContains("afterwards=" + agentConfig, run);
        jenkins.assertLogContains("logged in to registry.example.com:5000, ghcr.io, docker.io", run);
        assertNothingLeft();
    }

    @Test
    void itIsRemovedAfterAFailure() throws Exception {
        WorkflowRun run = begin("isolatedDockerConfig { error 'on purpose' }");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: on purpose", run);
        assertNothingLeft();
    }

    @Test
    void theValueOfTheBlockIsTheValueOfTheStep() throws Exception {
        WorkflowRun run = begin("echo \"value=${isolatedDockerConfig { 6 * 7 }}\"");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("value=42", run);
    }

    @Test
    void itIsRemovedAfterAnAbort() throws Exception {
        WorkflowRun run = begin("isolatedDockerConfig { gate 'aborted' }");
        GateStep.waitFor("aborted");
        onlyDirectory();
        run.doStop();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertNothingLeft();
    }

    @Test
    void itIsRemovedWhenTheStepItselfIsStopped() throws Exception {
        WorkflowRun run = begin("isolatedDockerConfig { gate 'stopped' }");
        GateStep.waitFor("stopped");
        onlyDirectory();
        StepExecution block = run.getExecution().getCurrentExecutions(false).get().stream()
                .filter(IsolatedDockerConfigExecution.class::isInstance)
                .findFirst()
                .orElseThrow();
        FlowInterruptedException cause =
                new FlowInterruptedException(Result.ABORTED, new CauseOfInterruption.UserInterruption("somebody"));
        block.stop(cause);
        block.stop(cause);
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertNothingLeft();
    }

    @Test
    void anAgentThatIsGoneIsSaidInTheLogAndDoesNotHideTheResult() throws Exception {
        WorkflowRun run = begin("isolatedDockerConfig { gate 'lost' }");
        GateStep.waitFor("lost");
        agent.toComputer().disconnect(new OfflineCause.ByCLI("on purpose")).get();
        GateStep.open("lost");
        jenkins.waitForMessage("Cannot remove the Docker configuration docker-", run);
        jenkins.assertLogContains("it contains logins, and will be removed when the agent reconnects.", run);
        run.doStop();
        jenkins.waitForCompletion(run);
        agent.toComputer().connect(true).get();
        jenkins.waitOnline(agent);
    }

    @Test
    void anInnerBlockAddsItsLoginsAndTheOuterOneKeepsIts() throws Exception {
        WorkflowRun run = begin("""
                isolatedDockerConfig(registry: 'outer.example.com', credentialsId: 'login') {
                    dir('sub') {
                        isolatedDockerConfig(registry: 'inner.example.com', credentialsId: 'token') {
                            sh 'echo "inner: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                        }
                    }
                    sh 'echo "outer: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                    isolatedDockerConfig(inherit: false) {
                        sh 'echo "none: $(grep -c example.com "$DOCKER_CONFIG/config.json")"'
                    }
                }
                """);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("inner: 2", run);
        jenkins.assertLogContains("outer: 1", run);
        jenkins.assertLogContains("none: 0", run);
        assertNothingLeft();
    }

    @Test
    void theAgentsBuildersAndContextsAreFoundAndStayThere() throws Exception {
        Files.createDirectories(agentConfig.resolve("buildx/instances"));
        Files.createDirectories(agentConfig.resolve("contexts/meta"));
        Files.writeString(agentConfig.resolve("contexts/meta/kept"), "");
        WorkflowRun run =
                begin("isolatedDockerConfig { sh 'ls \"$DOCKER_CONFIG/contexts/meta\"; echo \"bx=$BUILDX_CONFIG\"' }");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("bx=" + agentConfig.resolve("buildx"), run);
        jenkins.assertLogContains("kept", run);
        assertNothingLeft();
        assertThat(agentConfig.resolve("contexts/meta/kept")).exists();
    }

    @Test
    void noSecretGetsIntoTheLogOrTheFilesOfTheBuild() throws Exception {
        WorkflowRun run = begin("""
                isolatedDockerConfig(registries: [[url: 'a.example.com', credentialsId: 'login'],
                        [url: 'b.example.com', credentialsId: 'token']]) {
                    sh '''
                        cat "$REGISTRY_AUTH_FILE"
                        sed -n 's/.*"auth" : "\\\\(.*\\\\)".*/\\\\1/p' "$REGISTRY_AUTH_FILE" | base64 -d && echo
                        base64 "$REGISTRY_AUTH_FILE"
                        echo done
                    '''
                    gate 'written'
                }
                """);
        GateStep.waitFor("written");
        assertNoSecret(run.getRootDir().toPath());
        GateStep.open("written");
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("bob:****", run);
        jenkins.assertLogContains("\"registrytoken\" : \"****\"", run);
        assertNoSecret(run.getRootDir().toPath());
        assertNoSecret(Path.of(agent.getWorkspaceFor(job).getRemote()));
    }

    @Test
    void aSecretInAnExceptionIsMaskedOutsideOfTheBlockToo() throws Exception {
        WorkflowRun run = begin("""
                isolatedDockerConfig(registry: 'a.example.com', credentialsId: 'token') {
                    error 'said ' + sh(script: 'grep registrytoken "$REGISTRY_AUTH_FILE"', returnStdout: true).trim()
                }
                """);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: said \"registrytoken\" : \"****\"", run);
        jenkins.assertLogNotContains(TOKEN, run);
    }

    @Test
    void failuresAreOneLine() throws Exception {
        assertFails(
                "isolatedDockerConfig(registry: 'a/b') { }", "isolatedDockerConfig: 'a/b' is not a registry: expected");
        assertFails(
                "isolatedDockerConfig(credentialsId: 'nowhere') { }",
                "Cannot use the credentials 'nowhere' for docker.io: there are none with this id");
        assertFails(
                "isolatedDockerConfig(registry: 'docker.io', registries: [[credentialsId: 'login']]) { }",
                "isolatedDockerConfig has two logins for docker.io");
        Files.writeString(agentConfig.resolve("config.json"), "garbage");
        assertFails(
                "isolatedDockerConfig(inherit: true) { }",
                "Cannot use the Docker configuration " + agentConfig.resolve("config.json")
                        + ": it is not JSON (line 1, column");
    }

    @Test
    void aConfigurationThatCannotBeReadIsAWarning() throws Exception {
        Files.writeString(agentConfig.resolve("config.json"), "garbage");

        WorkflowRun run = begin("isolatedDockerConfig { echo 'inside' }");

        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Warning: ignoring the Docker configuration", run);
        jenkins.assertLogContains("inside", run);
    }

    private void assertFails(String script, String message) throws Exception {
        WorkflowRun run = begin(script);
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("ERROR: " + message, run);
        jenkins.assertLogNotContains("\tat ", run);
        assertNothingLeft();
    }

    private WorkflowRun begin(String script) throws Exception {
        job.setDefinition(new CpsFlowDefinition("node('agent') {\n" + script + "\n}", true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static StandardCredentials login(String id, String username) throws Exception {
        return new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", username, PASSWORD);
    }

    private Path onlyDirectory() throws IOException {
        List<Path> found = directories();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private void assertNothingLeft() throws IOException {
        assertThat(directories()).isEmpty();
    }

    private List<Path> directories() throws IOException {
        FilePath workspace = agent.getWorkspaceFor(job);
        Path temporary = Path.of(WorkspaceList.tempDir(workspace).getRemote());
        if (!Files.exists(temporary)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(temporary)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("docker-"))
                    .toList();
        }
    }

    private static void assertNoSecret(Path directory) throws IOException {
        assertThat(SecretSearch.filesHolding(directory, PASSWORD, TOKEN, "Ym9iOnMzY3JldC1QYXNzdzByZCE="))
                .isEmpty();
    }
}
