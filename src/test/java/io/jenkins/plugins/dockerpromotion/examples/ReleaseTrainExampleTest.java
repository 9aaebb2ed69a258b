package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Label;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.SimpleParameterDefinition;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs {@code docs/examples/release-train} unchanged, and reverts it with {@code docs/examples/rollback}. */
@WithController
class ReleaseTrainExampleTest {

    private static final String PASSWORD = "only-for-the-example";
    private static final TestImage BEFORE = TestImage.oci(1);
    private static final TestImage WEB = TestImage.oci(2);
    private static final TestImage API = TestImage.oci(3);

    private final InMemoryDockerHub hub =
            InMemoryDockerHub.builder().user("technolog", PASSWORD).start();
    private JenkinsRule jenkins;

    @BeforeEach
    void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setQuietPeriod(0);
        rule.jenkins.setNumExecutors(0);
        rule.createOnlineSlave(Label.get("agent"));
        Setup.addLogin("docker-hub", "technolog", PASSWORD);
        Setup.useDockerHub(hub);
        DockerPromotionConfiguration.get().setRollbackJob("rollback");
        for (String image : List.of("technolog/web", "technolog/api")) {
            hub.registry().push(image, "production", BEFORE);
        }
        hub.registry().push("technolog/web", "2026.47.103", WEB);
        hub.registry().push("technolog/api", "2026.47.99", API);
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scripted/Jenkinsfile"})
    void bothImagesAreReleasedOnceAPersonAgreesAndOneComesBack(String file) throws Exception {
        WorkflowJob train = job("release-train", file);
        WorkflowRun run = train.scheduleBuild2(
                        0, new ParametersAction(value(train, "WEB", "2026.47.103"), value(train, "API", "2026.47.99")))
                .waitForStart();

        jenkins.waitForMessage("Put web 2026.47.103 and api 2026.47.99 into production?", run);
        assertThat(JenkinsRule.getLog(run))
                .containsPattern("IMAGE +TARGET +NOW +THEN")
                .containsPattern("technolog/web:2026.47.103 +technolog/web:production ");
        assertProduction(BEFORE, BEFORE);
        run.getAction(InputAction.class).getExecutions().get(0).proceed(null);
        jenkins.assertBuildStatusSuccess(jenkins.waitForCompletion(run));
        assertProduction(WEB, API);

        WorkflowJob rollback = job("rollback", file);
        HtmlPage page = jenkins.createWebClient()
                .goTo(train.getUrl() + "docker-promotions/rollback/?image=technolog/web&tag=production");
        HtmlForm form = page.getFormByName("rollback");
        form.getInputByName("reason").setValue("Payments fail");
        jenkins.submit(form);
        jenkins.waitUntilNoActivity();

        WorkflowRun back = jenkins.assertBuildStatusSuccess(rollback.getBuildByNumber(2));
        assertThat(jenkins.createWebClient().getPage(back).asNormalizedText())
                .contains("rolled back", "Reason: Payments fail");
        assertProduction(BEFORE, API);
        Setup.assertNoApprovalAsked();
    }

    /** Creates a job and runs its first build, which only defines the parameters. */
    private WorkflowJob job(String example, String file) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, example);
        String jenkinsfile = Files.readString(Path.of("docs/examples", example, file));
        job.setDefinition(new CpsFlowDefinition(jenkinsfile, true));
        jenkins.buildAndAssertSuccess(job);
        return job;
    }

    private static ParameterValue value(WorkflowJob job, String name, String value) {
        return ((SimpleParameterDefinition)
                        job.getProperty(ParametersDefinitionProperty.class).getParameterDefinition(name))
                .createValue(value);
    }

    private void assertProduction(TestImage web, TestImage api) {
        assertThat(hub.registry().digestOf("technolog/web", "production")).contains(web.digest());
        assertThat(hub.registry().digestOf("technolog/api", "production")).contains(api.digest());
    }
}
