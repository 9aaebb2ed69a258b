package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Starts a controller with an agent and the credentials {@code hub}, and for each test a registry and a Docker Hub that
 * accept them.
 */
@WithController
abstract class StepTest {

    static JenkinsRule jenkins;

    InMemoryRegistry registry;
    InMemoryDockerHub hub;

    @BeforeAll
    static void prepareController(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    @BeforeEach
    void openRegistries() throws Exception {
        registry = Pipelines.registry();
        hub = Pipelines.dockerHub();
    }

    @AfterEach
    void closeRegistries() {
        registry.close();
        hub.close();
        DockerPromotionConfiguration.get().setRegistries(List.of());
    }

    /** Returns the step parameters for a repository of the registry. */
    final String image(String repository) {
        return "image: '" + registry.host() + "/group/" + repository + "', credentialsId: 'hub'";
    }

    /** Runs a Pipeline that must succeed. The log must contain these texts, and no file of the build the password. */
    static WorkflowRun succeed(String body, String... expected) throws Exception {
        WorkflowRun run = Pipelines.succeed(jenkins, body);
        assertThat(expected)
                .allSatisfy(text -> assertThat(JenkinsRule.getLog(run)).contains(text));
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
        return run;
    }

    /** Runs a Pipeline that must fail with one error line, which contains these texts. */
    static WorkflowRun fail(String body, String... expected) throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, body);
        assertThat(JenkinsRule.getLog(run).lines().filter(line -> line.startsWith("ERROR: ")))
                .singleElement()
                .asString()
                .satisfies(line ->
                        assertThat(expected).allSatisfy(text -> assertThat(line).contains(text)));
        assertThat(JenkinsRule.getLog(run)).doesNotContain("\tat io.jenkins", Pipelines.PASSWORD);
        return run;
    }

    static WorkflowRun begin(String body) throws Exception {
        return Pipelines.job(jenkins, body).scheduleBuild2(0).waitForStart();
    }

    static void abort(WorkflowRun run) throws Exception {
        run.getExecutor().interrupt();
        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
    }
}
