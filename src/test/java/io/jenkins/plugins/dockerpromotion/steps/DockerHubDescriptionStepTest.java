package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class DockerHubDescriptionStepTest {

    private static final String IMAGE = "technolog/serviceone";

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    @BeforeEach
    void openHub() {
        hub = Pipelines.dockerHub();
        hub.registry().push(IMAGE, "2017.2.103", TestImage.docker(1));
        hub.writePage(IMAGE, "Serves one", "# Service one");
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    private static String describe(String more) {
        return "dockerHubDescription(image: '" + IMAGE + "', credentialsId: 'hub'" + more + ")";
    }

    @Test
    void keepsItsParametersInItsFormAndSnippet() throws Exception {
        DockerHubDescriptionStep step = new DockerHubDescriptionStep(IMAGE);
        step.setCredentialsId("hub");
        step.setFullDescription("    # Service one\n\nServes **one**\n");
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(
                step,
                "dockerHubDescription credentialsId: 'hub', fullDescription: '''    # Service one\n\nServes **one**\n''',"
                        + " image: 'technolog/serviceone'");

        step.setDescription("Serves one");
        step.setSection("production");
        step.setWholePage(true);
        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
    }

    @Test
    void checksEachField() {
        DockerHubDescriptionStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(DockerHubDescriptionStep.DescriptorImpl.class);

        assertThat(form.doCheckImage(IMAGE).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckImage("").getMessage()).contains("Enter an image name");
        assertThat(form.doCheckImage("registry.example.com/app").getMessage())
                .contains("only Docker Hub has such pages");
        assertThat(form.doCheckCredentialsId(null, "hub", IMAGE).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckCredentialsId(null, "", IMAGE).kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doFillCredentialsIdItems(null, null, IMAGE))
                .extracting(o -> o.value)
                .contains("hub");
        assertThat(form.doCheckDescription("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckDescription("x".repeat(101)).getMessage()).contains("101 bytes");
        assertThat(form.doCheckFullDescription("<!-- jenkins end -->", false).kind)
                .isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckFullDescription("<!-- jenkins end -->", true).kind)
                .isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckSection("a b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckSection("production").kind).isEqualTo(FormValidation.Kind.OK);
    }

    @Test
    void writesDescriptionAndSectionOnceAndSaysWhetherSomethingChanged() throws Exception {
        String step = describe(", description: 'Serves 103', fullDescription: '2017.2.103 is in production'");

        WorkflowRun run = Pipelines.succeed(jenkins, "echo \"changed ${" + step + "}, ${" + step + "}\"");

        jenkins.assertLogContains("changed true, false", run);
        jenkins.assertLogContains(
                "Changing the description and the section 'jenkins' on the page of " + IMAGE + " on Docker Hub", run);
        jenkins.assertLogContains("The page of " + IMAGE + " is already up to date", run);
        assertThat(hub.description(IMAGE)).isEqualTo("Serves 103");
        assertThat(hub.fullDescription(IMAGE))
                .isEqualTo(
                        "# Service one\n\n<!-- jenkins begin -->\n2017.2.103 is in production\n<!-- jenkins end -->");
        assertThat(hub.requests().count("PATCH", ".*")).isEqualTo(1);
        assertThat(hub.requests().count()).isEqualTo(3 + 2);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
    }

    @Test
    void replacesTheWholePageOnlyIfToldTo() throws Exception {
        Pipelines.succeed(jenkins, describe(", fullDescription: '# New', wholePage: true"));

        assertThat(hub.fullDescription(IMAGE)).isEqualTo("# New");
    }

    @Test
    void saysInOneLineWhatIsWrong() throws Exception {
        hub.access().allow("ci", "technolog/*", "pull");

        WorkflowRun run = Pipelines.fail(jenkins, describe(", description: 'x'"));

        jenkins.assertLogContains("ERROR: Cannot change the page of " + IMAGE + " on ", run);
        jenkins.assertLogContains("it answered 403", run);
        jenkins.assertLogContains("'ci'", run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
        jenkins.assertLogNotContains(Pipelines.PASSWORD, run);
    }

    @Test
    void refusesParametersThatMakeNoSense() throws Exception {
        jenkins.assertLogContains("set 'description'", Pipelines.fail(jenkins, describe("")));
        jenkins.assertLogContains(
                "Cannot change the page of x.example.com/app: it is on x.example.com, but only Docker Hub has such pages",
                Pipelines.fail(
                        jenkins,
                        "dockerHubDescription(image: 'x.example.com/app', credentialsId: 'hub', description: 'x')"));
        jenkins.assertLogContains(
                "set either 'section' or 'wholePage'",
                Pipelines.fail(jenkins, describe(", fullDescription: 'x', section: 'mine', wholePage: true")));
        jenkins.assertLogContains(
                "No credentials are given",
                Pipelines.fail(jenkins, "dockerHubDescription(image: '" + IMAGE + "', description: 'x')"));
        assertThat(hub.requests().count()).isZero();
    }

    @Test
    void endsWhenTheBuildIsAborted() throws Exception {
        hub.onRequest(RecordedRequest.matching("PATCH", ".*"), Fault.hang());
        WorkflowRun run = Pipelines.job(jenkins, describe(", description: 'x'"))
                .scheduleBuild2(0)
                .waitForStart();
        hub.requests().await(RecordedRequest.matching("PATCH", ".*"));

        run.getExecutor().interrupt();

        jenkins.waitForCompletion(run);
        assertThat(run.getResult()).isEqualTo(Result.ABORTED);
        assertThat(hub.requests().count("PATCH", ".*")).isEqualTo(1);
    }
}
