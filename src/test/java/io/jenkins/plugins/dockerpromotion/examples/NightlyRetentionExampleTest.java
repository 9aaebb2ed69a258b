package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.BooleanParameterDefinition;
import hudson.model.BooleanParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Runs {@code docs/examples/nightly-retention/Jenkinsfile} and its scripted variant unchanged, with GitLab's registry.
 */
@WithController
class NightlyRetentionExampleTest {

    private static final String PASSWORD = "glpat-0123456789";

    private static JenkinsRule jenkins;
    private InMemoryRegistry gitLab;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setNumExecutors(0);
        rule.createOnlineSlave();
        Setup.addLogin("gitlab-registry", "ci", PASSWORD);
    }

    @BeforeEach
    void openGitLab() {
        gitLab = InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .service("container_registry")
                .user("ci", PASSWORD)
                .start();
        for (int build = 1; build <= 14; build++) {
            gitLab.push(
                    "group/app",
                    "2019.20." + build,
                    TestImage.oci(build).withCreated(Instant.parse("2019-05-20T08:00:00Z")));
        }
        gitLab.tag("group/app", "latest", "2019.20.1");
    }

    @AfterEach
    void closeGitLab() {
        gitLab.close();
    }

    private static WorkflowJob job(String jenkinsfile) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        // Jenkins reads the parameters from the Jenkinsfile only after its first run.
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("IMAGE"), new BooleanParameterDefinition("DRY_RUN")));
        job.setDefinition(
                new CpsFlowDefinition(Files.readString(Path.of("docs/examples/nightly-retention", jenkinsfile)), true));
        return job;
    }

    private WorkflowRun run(WorkflowJob job, boolean dryRun, Result expected) throws Exception {
        return jenkins.assertBuildStatus(
                expected,
                job.scheduleBuild2(
                        0,
                        new ParametersAction(
                                new StringParameterValue("IMAGE", gitLab.host() + "/group/app"),
                                new BooleanParameterValue("DRY_RUN", dryRun))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scripted/Jenkinsfile"})
    void plansAndThenPrunesWithoutAnApproval(String jenkinsfile) throws Exception {
        WorkflowJob job = job(jenkinsfile);
        WorkflowRun plan = run(job, true, Result.SUCCESS);
        assertThat(plan.getLog()).contains("Would delete 4 tags").contains("WHAT    WHY");
        assertThat(gitLab.tags("group/app")).hasSize(15);

        WorkflowRun pruned = run(job, false, Result.SUCCESS);
        assertThat(pruned.getLog()).contains("Deleted 4 tags").doesNotContain(PASSWORD);
        assertThat(gitLab.tags("group/app"))
                .hasSize(11)
                .contains("latest", "2019.20.5", "2019.20.14")
                .doesNotContain("2019.20.1", "2019.20.4");
        Setup.assertNoApprovalAsked();
        assertThat(job.getTriggers()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scripted/Jenkinsfile"})
    void isUnstableWhenATagIsRefused(String jenkinsfile) throws Exception {
        gitLab.onRequest(
                r -> r.method().equals("DELETE") && r.path().endsWith("2019.20.2"),
                Fault.status(403).always());

        WorkflowRun run = run(job(jenkinsfile), false, Result.UNSTABLE);

        assertThat(run.getLog()).contains("Not deleted: 2019.20.2").contains("refused to delete 1 tags");
        assertThat(gitLab.tags("group/app")).hasSize(12).contains("2019.20.2");
    }
}
