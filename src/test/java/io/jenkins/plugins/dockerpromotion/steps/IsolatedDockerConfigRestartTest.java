package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.EnvVars;
import hudson.model.Label;
import hudson.slaves.DumbSlave;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class IsolatedDockerConfigRestartTest {

    private static final String PASSWORD = "s3cret-Passw0rd!";
    private static final String ENCODED = "Ym9iOnMzY3JldC1QYXNzdzByZCE=";

    @TempDir
    private Path agentConfig;

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    @Test
    void theBlockGoesOnAfterARestartKeepsItsSecretsAndCleansUp() throws Throwable {
        session.then(jenkins -> {
            SystemCredentialsProvider.getInstance()
                    .getCredentials()
                    .add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "login", "", "bob", PASSWORD));
            SystemCredentialsProvider.getInstance().save();
            jenkins.createSlave(Label.get("agent"), new EnvVars("DOCKER_CONFIG", agentConfig.toString()));
            WorkflowJob job = jenkins.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition("""
                    node('agent') {
                        isolatedDockerConfig(registry: 'registry.example.com', credentialsId: 'login') {
                            gate 'inside'
                            sh 'cat "$DOCKER_CONFIG/config.json"'
                        }
                    }
                    """, true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            GateStep.waitFor("inside");
            assertThat(run.getRootDir().toPath().resolve("program.dat")).exists();
            assertNoSecret(run.getRootDir().toPath());
        });
        session.then(jenkins -> {
            WorkflowJob job = jenkins.jenkins.getItemByFullName("job", WorkflowJob.class);
            WorkflowRun run = job.getLastBuild();
            assertNoSecret(run.getRootDir().toPath());
            GateStep.waitFor("inside");
            GateStep.open("inside");
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            jenkins.assertLogContains("\"auth\" : \"****\"", run);
            assertNoSecret(run.getRootDir().toPath());
            DumbSlave agent = (DumbSlave) jenkins.jenkins.getNodes().get(0);
            Path temporary =
                    Path.of(WorkspaceList.tempDir(agent.getWorkspaceFor(job)).getRemote());
            assertThat(temporary).isDirectoryNotContaining("glob:**/docker-*");
        });
    }

    private static void assertNoSecret(Path directory) throws IOException {
        assertThat(SecretSearch.filesHolding(directory, PASSWORD, ENCODED)).isEmpty();
    }
}
