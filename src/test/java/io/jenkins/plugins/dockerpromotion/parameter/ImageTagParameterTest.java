package io.jenkins.plugins.dockerpromotion.parameter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.cli.CLICommandInvoker;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Items;
import hudson.model.ParameterDefinition;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Run;
import hudson.model.StringParameterValue;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlOption;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.structs.SymbolLookup;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class ImageTagParameterTest {

    private static JenkinsRule jenkins;
    private static InMemoryRegistry registry;
    private static String image;
    private static final TestImage IN_PRODUCTION = TestImage.oci(2);

    @BeforeAll
    static void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setQuietPeriod(0);
        registry = InMemoryRegistry.builder().start();
        image = registry.host() + "/group/app";
        registry.push("group/app", "2026.9.9", TestImage.oci(1));
        registry.push("group/app", "2026.10.10", IN_PRODUCTION);
        registry.push("group/app", "2026.11.11", TestImage.oci(3));
        registry.push("group/app", "production", IN_PRODUCTION);
        registry.push("group/app", "other", TestImage.oci(4));
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    private static ImageTagParameterDefinition definition() {
        ImageTagParameterDefinition definition = new ImageTagParameterDefinition("TAG", image);
        definition.setPattern("{year}.{week}.{build}");
        definition.setMarks(List.of("production"));
        return definition;
    }

    private static FreeStyleProject project() throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.addProperty(new ParametersDefinitionProperty(definition()));
        return project;
    }

    private static void assertEnvironment(Run<?, ?> run, String tag, String digest) throws Exception {
        assertThat(run.getEnvironment(TaskListener.NULL))
                .containsEntry("TAG", tag)
                .containsEntry("TAG_DIGEST", digest);
    }

    private static HtmlPage form(FreeStyleProject project) throws Exception {
        // Jenkins answers a GET with the form and an error status, because a GET does not start a build.
        return jenkins.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .goTo(project.getUrl() + "build");
    }

    @Test
    void theListHasTheNewestVersionFirstWithMarksAndASearch() throws Exception {
        FreeStyleProject project = project();
        HtmlPage page = form(project);
        HtmlSelect list = page.querySelector("select[name=value]");

        assertThat(list.getOptions())
                .extracting(HtmlOption::getText)
                .containsExactly("2026.11.11", "2026.10.10 · production", "2026.9.9");

        HtmlInput search = page.querySelector(".docker-image-tag__search");
        search.type("10.10");
        assertThat(list.getOptions()).extracting(HtmlOption::getText).containsExactly("2026.10.10 · production");
        HtmlForm form = page.getFormByName("parameters");
        list.setSelectedAttribute(list.getOption(0), true);
        jenkins.submit(form);
        jenkins.waitUntilNoActivity();

        assertEnvironment(project.getLastBuild(), "2026.10.10", IN_PRODUCTION.digest());
    }

    @Test
    void aTextFieldSaysWhyThereIsNoList() throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.addProperty(
                new ParametersDefinitionProperty(new ImageTagParameterDefinition("TAG", "localhost:1/group/app")));

        HtmlPage page = form(project);

        assertThat(page.asNormalizedText()).contains("The tags of localhost:1/group/app cannot be listed: ");
        HtmlInput text = page.querySelector("input[name=value]");
        text.setValue("1.0");
        jenkins.submit(page.getFormByName("parameters"));
        jenkins.waitUntilNoActivity();
        assertEnvironment(project.getLastBuild(), "1.0", "");
        jenkins.assertLogContains("Cannot look up the digest of localhost:1/group/app:1.0", project.getLastBuild());
    }

    @Test
    void noOtherPageAsksTheRegistry() throws Exception {
        FreeStyleProject project = project();
        int before = registry.requests().all().size();

        jenkins.createWebClient().getPage(project);
        jenkins.createWebClient().getPage(project, "configure");
        jenkins.createWebClient().goTo(project.getUrl() + "api/json?depth=3", "application/json");

        assertThat(registry.requests().all()).hasSize(before);
        form(project);
        int asked = registry.requests().all().size();
        assertThat(asked).isGreaterThan(before);
        form(project);
        assertThat(registry.requests().all()).hasSize(asked);
    }

    @Test
    void theValueIsCheckedHoweverABuildIsStarted() throws Exception {
        FreeStyleProject project = project();
        for (String wrong : List.of("other", "2026.1x1", "", "../x", "2026.9.9@sha256:1", "2026.9.9 ")) {
            if (!wrong.endsWith(" ")) {
                assertThat(post(project, wrong)).as("REST: '%s'", wrong).isEqualTo(400);
                assertThat(new CLICommandInvoker(jenkins, "build")
                                .invokeWithArgs(project.getName(), "-p", "TAG=" + wrong)
                                .returnCode())
                        .as("CLI: '%s'", wrong)
                        .isNotZero();
            }
            // Triggers and other plugins create such values.
            assertThat(project.scheduleBuild2(
                            0,
                            new CauseAction(new Cause.UserIdCause()),
                            new ParametersAction(new StringParameterValue("TAG", wrong))))
                    .as("trigger: '%s'", wrong)
                    .isNull();
        }
        assertThat(project.getLastBuild()).isNull();

        assertThat(post(project, "2026.9.9")).isEqualTo(201);
        jenkins.waitUntilNoActivity();
        assertEnvironment(
                project.getBuildByNumber(1), "2026.9.9", TestImage.oci(1).digest());
        FreeStyleBuild chosen = project.scheduleBuild2(
                        0, new ParametersAction(definition().createValue("2026.9.9@" + IN_PRODUCTION.digest())))
                .get();
        assertEnvironment(chosen, "2026.9.9", IN_PRODUCTION.digest());
    }

    /** The Rebuild plugin passes the values of one build to another. */
    @Test
    void aRebuildHasTheDigestThatWasChosenAndIsCheckedAgain() throws Exception {
        FreeStyleProject project = project();
        FreeStyleBuild build = project.scheduleBuild2(
                        0, new ParametersAction(definition().createValue("2026.9.9@" + IN_PRODUCTION.digest())))
                .get();
        ParametersAction values = build.getAction(ParametersAction.class);

        assertEnvironment(project.scheduleBuild2(0, values).get(), "2026.9.9", IN_PRODUCTION.digest());

        ImageTagParameterDefinition changed = new ImageTagParameterDefinition("TAG", image);
        changed.setPattern("{year}.{week}");
        project.removeProperty(ParametersDefinitionProperty.class);
        project.addProperty(new ParametersDefinitionProperty(changed));
        assertThat(project.scheduleBuild2(0, values)).isNull();
    }

    @Test
    void aRegistryThatDoesNotAnswerIsWaitedForForSecondsOnly() throws Exception {
        try (InMemoryRegistry silent = InMemoryRegistry.builder().start()) {
            silent.onRequest(request -> true, Fault.hang().always());
            FreeStyleProject project = jenkins.createFreeStyleProject();
            project.addProperty(new ParametersDefinitionProperty(
                    new ImageTagParameterDefinition("TAG", silent.host() + "/group/app")));
            Instant begin = Instant.now();

            assertThat(form(project).asNormalizedText()).containsPattern("not? answer within 8 s");

            assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(20));
        }
    }

    /** Job DSL and other plugins create the parameter from such a map. */
    @Test
    void isMadeFromAMapAndTurnedIntoOne() throws Exception {
        DescribableModel<ImageTagParameterDefinition> model = DescribableModel.of(ImageTagParameterDefinition.class);
        Map<String, Object> data = Map.of(
                "name", "TAG", "image", image, "pattern", "{year}.{week}.{build}", "marks", List.of("production"));

        ImageTagParameterDefinition made = model.instantiate(data);

        jenkins.assertEqualDataBoundBeans(definition(), made);
        assertThat(model.uninstantiate(made)).containsAllEntriesOf(data);
        assertThat(SymbolLookup.get().findDescriptor(ParameterDefinition.class, "imageTag"))
                .isEqualTo(made.getDescriptor());
    }

    private static int post(FreeStyleProject project, String value) throws Exception {
        JenkinsRule.WebClient client =
                jenkins.createWebClient().withJavaScriptEnabled(false).withThrowExceptionOnFailingStatusCode(false);
        client.getOptions().setRedirectEnabled(false);
        WebRequest request =
                new WebRequest(client.createCrumbedUrl(project.getUrl() + "buildWithParameters"), HttpMethod.POST);
        request.setRequestParameters(List.of(new NameValuePair("TAG", value)));
        return client.getPage(request).getWebResponse().getStatusCode();
    }

    @Test
    void bothKindsOfPipelinesDeclareIt() throws Exception {
        String parameter = "imageTag(name: 'TAG', image: '" + image
                + "', pattern: '{year}.{week}.{build}', credentialsId: '', limit: 20, marks: ['production'])";
        for (String script : List.of(
                "properties([parameters([" + parameter + "])])\necho \"chose ${env.TAG} ${env.TAG_DIGEST}\"",
                "pipeline { agent none\nparameters { " + parameter
                        + " }\nstages { stage('x') { steps { echo \"chose ${params.TAG} ${env.TAG_DIGEST}\" } } } }")) {
            WorkflowJob job = jenkins.createProject(WorkflowJob.class);
            job.setDefinition(new CpsFlowDefinition(script, true));
            jenkins.buildAndAssertSuccess(job);

            ImageTagParameterDefinition declared = (ImageTagParameterDefinition)
                    job.getProperty(ParametersDefinitionProperty.class).getParameterDefinition("TAG");
            assertThat(declared.getLimit()).isEqualTo(20);
            WorkflowRun run = jenkins.assertBuildStatusSuccess(
                    job.scheduleBuild2(0, new ParametersAction(declared.createValue("2026.10.10"))));
            jenkins.assertLogContains("chose 2026.10.10 " + IN_PRODUCTION.digest(), run);
        }
    }

    @Test
    void theFormKeepsAllFieldsAndForgetsTheLastMark() throws Exception {
        FreeStyleProject project = project();
        ImageTagParameterDefinition before = definition();
        before.setLimit(7);
        before.setDescription("Which one?");
        project.removeProperty(ParametersDefinitionProperty.class);
        project.addProperty(new ParametersDefinitionProperty(before));

        jenkins.configRoundtrip(project);
        jenkins.assertEqualDataBoundBeans(before, definitionOf(project));

        HtmlForm form = jenkins.createWebClient().getPage(project, "configure").getFormByName("config");
        form.getInputByName("_.marks").setValue("");
        jenkins.submit(form);
        assertThat(definitionOf(project).getMarks()).isEmpty();
    }

    private static ImageTagParameterDefinition definitionOf(FreeStyleProject project) {
        return (ImageTagParameterDefinition)
                project.getProperty(ParametersDefinitionProperty.class).getParameterDefinition("TAG");
    }

    @Test
    void takesNoParametersThatMakeNoSense() {
        ImageTagParameterDefinition definition = definition();
        assertThatThrownBy(() -> new ImageTagParameterDefinition("TAG", "NO IMAGE"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> definition.setPattern("{nothing}")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> definition.setLimit(0)).hasMessage("limit must be a number from 1 to 200");
        assertThatThrownBy(() -> definition.setMarks(List.of("a b"))).isInstanceOf(IllegalArgumentException.class);
    }

    /** The XML element names must not change when a class moves: existing config files use them. */
    @Test
    void isReadFromFilesByNamesThatStay() {
        ImageTagParameterDefinition definition =
                (ImageTagParameterDefinition) Items.XSTREAM2.fromXML("<docker-image-tag-parameter><name>TAG</name>"
                        + "<image>a/app</image><limit>5</limit><marks/></docker-image-tag-parameter>");
        assertThat(definition.getImage()).isEqualTo("a/app");
        assertThat(Items.XSTREAM2.toXML(definition)).startsWith("<docker-image-tag-parameter");
        ImageTagParameterValue value = (ImageTagParameterValue) Run.XSTREAM2.fromXML(
                "<docker-image-tag><name>TAG</name><value>1</value><digest>sha256:1</digest></docker-image-tag>");
        assertThat(value.getDigest()).isEqualTo("sha256:1");
        assertThat(Run.XSTREAM2.toXML(value)).startsWith("<docker-image-tag");
    }
}
