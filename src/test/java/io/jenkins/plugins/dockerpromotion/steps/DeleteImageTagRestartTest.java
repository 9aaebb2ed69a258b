package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class DeleteImageTagRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final InMemoryRegistry registry =
            InMemoryRegistry.builder().bearer().user("ci", Pipelines.PASSWORD).start();

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    @Test
    void doesNotFailForATagThatItDeletedBeforeTheRestart() throws Throwable {
        String digest = registry.push("group/app", "1", TestImage.oci(1));
        // The registry deletes the tag, and Jenkins ends before it hears of that.
        registry.onRequest(
                r -> {
                    if (r.method().equals("DELETE")) {
                        registry.deleteTag("group/app", "1");
                    }
                    return r.method().equals("DELETE");
                },
                Fault.hang());
        sessions.then(jenkins -> {
            Pipelines.prepare(jenkins);
            WorkflowJob job = Pipelines.job(
                    jenkins,
                    "echo \"was <${deleteImageTag(image: '%s/group/app', tag: '1', credentialsId: 'hub', expectedDigest: '%s')}>\""
                            .formatted(registry.host(), digest));
            job.scheduleBuild2(0).waitForStart();
            registry.requests().await(r -> r.method().equals("DELETE"));
        });
        sessions.then(jenkins -> {
            WorkflowRun run =
                    jenkins.jenkins.getAllItems(WorkflowJob.class).get(0).getLastBuild();
            jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
            jenkins.assertLogContains("/group/app:1 is gone: it was deleted before the restart", run);
            jenkins.assertLogContains("was <" + digest + ">", run);
            assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        });
    }
}
