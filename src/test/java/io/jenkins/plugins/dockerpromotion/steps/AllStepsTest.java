package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Descriptor;
import hudson.triggers.TriggerDescriptor;
import io.jenkins.plugins.dockerpromotion.pipelineunit.StepSignature;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.webhook.DockerHubPushTrigger;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.DirectiveGenerator;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.TriggersDirective;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What holds for every step there is, and for each that comes to them. */
@WithJenkins
class AllStepsTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final TestImage MANIFEST = TestImage.docker(1);

    /** Where the log leads to. */
    private static final Map<String, String> PAGES = Map.of(
            "dockerHubDescription", "href='https://hub.docker.com/r/technolog/serviceone'",
            "findTagForBuild", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103'",
            "imageInfo", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103'",
            "imageTags", "href='https://hub.docker.com/r/technolog/serviceone/tags'",
            "imageVersion", "href='https://hub.docker.com/r/technolog/serviceone/tags'",
            "promoteImage", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103-rc'",
            "pruneImageTags", "href='https://hub.docker.com/r/technolog/serviceone/tags'");

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
        hub.registry().addTags(IMAGE, MANIFEST, List.of("2017.2.103", "2017.2.104", "latest"));
        hub.registry().addTags("technolog/gone", MANIFEST, List.of("1", "2"));
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    static Map<String, StepExample> examples() {
        Map<String, StepExample> examples = new TreeMap<>();
        examples.put(
                "deleteImageTag",
                StepExample.of("image tag credentialsId | expectedDigest")
                        .filled("image", "technolog/gone", "tag", "1", "credentialsId", "hub")
                        .filled("tag", "2", "expectedDigest", MANIFEST.digest()));
        examples.put(
                "dockerHubDescription",
                StepExample.of("image credentialsId description fullDescription | section wholePage")
                        .filled("image", IMAGE, "credentialsId", "hub", "description", "Serves one.")
                        .filled("fullDescription", "It serves\none.", "section", "ci")
                        .filled("section", "", "wholePage", "true"));
        examples.put("dockerHubToken", StepExample.of("credentialsId").filled("credentialsId", "hub"));
        examples.put(
                "findTagForBuild",
                StepExample.of("image build credentialsId | pattern regex optional")
                        .filled("image", IMAGE, "build", "103")
                        .filled("credentialsId", "hub", "pattern", "2017.2.{build}", "optional", "true")
                        .filled("pattern", "", "regex", "2017\\.2\\.(?<build>[0-9]+)"));
        examples.put(
                "imageInfo",
                StepExample.of("image tag credentialsId | details")
                        .filled("image", IMAGE, "tag", "2017.2.103")
                        .filled("credentialsId", "hub", "details", "false"));
        examples.put(
                "imageTags",
                StepExample.of("image credentialsId pattern limit | regex")
                        .filled("image", IMAGE)
                        .filled("credentialsId", "hub", "pattern", "2017.2.{build}", "limit", "1")
                        .filled("pattern", "", "regex", "2017.+"));
        examples.put(
                "imageVersion",
                StepExample.of("pattern image credentialsId bump | values zone build")
                        .filled()
                        .filled("pattern", "{major}.{minor}.{build}", "values", "major=3000\nminor=1")
                        .filled(
                                "image",
                                IMAGE,
                                "credentialsId",
                                "hub",
                                "bump",
                                "true",
                                "zone",
                                "Europe/Berlin",
                                "build",
                                "7"));
        examples.put(
                "isolatedDockerConfig",
                StepExample.of("registry credentialsId registries | inherit")
                        .filled()
                        .filled("registry", "registry.example.com", "credentialsId", "hub", "inherit", "false")
                        .filled("registries", "one", "url", "ghcr.io", "credentialsId", "hub"));
        examples.put(
                "notifyDockerHub",
                StepExample.of("state description").filled().filled("state", "failure", "description", "It's broken"));
        examples.put(
                "promoteImage",
                StepExample.of("image tag to credentialsId dryRun"
                                + " | toImage toCredentialsId referrers expectedDigest overwrite")
                        .filled("image", IMAGE, "tag", "2017.2.103", "credentialsId", "hub")
                        .filled("to", "released, {tag}-ok", "dryRun", "true")
                        .filled("toImage", "technolog/released", "toCredentialsId", "hub", "referrers", "false")
                        .filled("expectedDigest", MANIFEST.digest(), "overwrite", "true"));
        examples.put(
                "pruneDockerHost",
                StepExample.of("until images volumes dryRun")
                        .filled()
                        .filled("until", "3h", "images", "false", "volumes", "false", "dryRun", "true"));
        examples.put(
                "pruneImageTags",
                StepExample.of("image credentialsId pattern keep olderThanDays protect dryRun | regex maxDelete")
                        .filled("image", IMAGE, "keep", "5")
                        .filled("credentialsId", "hub", "pattern", "2017.2.{build}", "olderThanDays", "2")
                        .filled("protect", "latest, stable", "dryRun", "false", "maxDelete", "1")
                        .filled("pattern", "", "regex", "2017.+"));
        examples.put(
                "registryToken",
                StepExample.of("image actions credentialsId | registry")
                        .filled("image", IMAGE)
                        .filled("actions", "pull, push", "credentialsId", "hub")
                        .filled("image", "", "actions", "", "registry", "docker.io"));
        return examples;
    }

    static StepExample triggerExample() {
        return StepExample.of("image tag | images ignorePushers callback")
                .filled("image", IMAGE)
                .filled("tag", "{year}.{week}.{build}", "images", "a/one, a/two", "ignorePushers", "robot")
                .filled("callback", "true");
    }

    @Test
    void theDirectiveGeneratorWritesTriggersThatADeclarativePipelineTakesAsTheyStand() throws Exception {
        List<Descriptor<?>> triggers = FormHelpTest.forms(jenkins).stream()
                .filter(TriggerDescriptor.class::isInstance)
                .toList();
        assertThat(triggers).extracting(d -> d.clazz.getSimpleName()).containsExactly("DockerHubPushTrigger");
        Descriptor<?> trigger = triggers.get(0);
        StepExample example = triggerExample();
        assertThat(example.all()).containsExactlyInAnyOrderElementsOf(parameters(trigger));
        JSONObject filled = new JSONObject()
                .element("stapler-class", trigger.clazz.getName())
                .element("$class", trigger.clazz.getName());
        for (Map<String, String> filling : example.fillings()) {
            filled.putAll(filling);
            WorkflowJob job = jenkins.createProject(WorkflowJob.class);
            job.setDefinition(new CpsFlowDefinition(
                    "pipeline {\nagent none\n" + directive(filled)
                            + "\nstages { stage('one') { steps { echo 'ran' } } }\n}",
                    true));
            jenkins.buildAndAssertSuccess(job);
            DockerHubPushTrigger registered = (DockerHubPushTrigger)
                    job.getTriggersJobProperty().getTriggers().get(0);
            assertThat(registered.getImage()).isEqualTo(IMAGE);
            assertThat(registered.isCallback()).isEqualTo(filling.containsKey("callback"));
            assertThat(registered.getImages())
                    .isEqualTo(filled.containsKey("images") ? List.of("a/one", "a/two") : List.of());
            assertForm(job, example);
            job.delete();
        }
    }

    /** What the generator of directives writes for a filled form. */
    private static String directive(JSONObject trigger) throws Exception {
        JSONObject form = new JSONObject()
                .element("stapler-class", TriggersDirective.class.getName())
                .element("$class", TriggersDirective.class.getName())
                .element("triggers", trigger);
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            WebRequest request =
                    new WebRequest(client.createCrumbedUrl(DirectiveGenerator.GENERATE_URL), HttpMethod.POST);
            request.setRequestParameters(List.of(new NameValuePair("json", form.toString())));
            return client.getPage(request).getWebResponse().getContentAsString();
        }
    }

    private static void assertForm(WorkflowJob job, StepExample example) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            GeneratorPage page = new GeneratorPage(client, client.getPage(job, "configure"));
            Set<String> all = example.all();
            assertThat(page.fields()).filteredOn(all::contains).isEqualTo(example.fields());
            page.openAdvanced();
            assertThat(page.fields()).filteredOn(all::contains).containsExactlyElementsOf(all);
        }
    }

    private static List<StepDescriptor> steps() {
        return FormHelpTest.forms(jenkins).stream()
                .filter(StepDescriptor.class::isInstance)
                .map(StepDescriptor.class::cast)
                .toList();
    }

    private static Set<String> parameters(Descriptor<?> form) {
        return DescribableModel.of(form.clazz).getParameters().stream()
                .map(DescribableParameter::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void everyStepHasAnExampleThatFillsEveryParameter() {
        Map<String, StepExample> examples = examples();
        assertThat(steps())
                .extracting(StepDescriptor::getFunctionName)
                .containsExactlyInAnyOrderElementsOf(examples.keySet());
        for (StepDescriptor step : steps()) {
            StepExample example = examples.get(step.getFunctionName());
            assertThat(example.all()).as(step.getFunctionName()).containsExactlyInAnyOrderElementsOf(parameters(step));
            Map<String, String> filled = new HashMap<>();
            example.fillings().forEach(filled::putAll);
            assertThat(filled.keySet()).as(step.getFunctionName()).containsAll(parameters(step));
        }
    }

    /** Authors' tests go by that list, without Jenkins. */
    @Test
    void theListForTestsOfJenkinsfilesSaysWhatTheStepsTake() {
        List<String> expected = FormHelpTest.forms(jenkins).stream()
                .flatMap(form -> StepLine.of(form).stream())
                .sorted()
                .toList();
        assertThat(StepSignature.lines()).isEqualTo(expected);
    }

    @Test
    void theSnippetGeneratorOffersEveryStepAndWritesWhatRunsAsItStandsAndTellsInItsLog() throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            GeneratorPage generator = new GeneratorPage(client, client.goTo("pipeline-syntax/"));
            for (Map.Entry<String, StepExample> example : examples().entrySet()) {
                List<String> snippets = snippets(generator, example.getKey(), example.getValue());
                assertTheyRun(example.getKey(), snippets);
            }
        }
    }

    private static List<String> snippets(GeneratorPage generator, String function, StepExample example)
            throws Exception {
        generator.select(function);
        assertThat(generator.fields()).as("the form of " + function).isEqualTo(example.fields());
        generator.openAdvanced();
        assertThat(generator.fields()).as("the whole form of " + function).containsExactlyElementsOf(example.all());
        List<String> snippets = new ArrayList<>();
        Map<String, String> entered = new LinkedHashMap<>();
        for (Map<String, String> filling : example.fillings()) {
            for (Map.Entry<String, String> field : filling.entrySet()) {
                if (field.getKey().equals("registries")) {
                    generator.addEntry();
                } else {
                    generator.enter(field.getKey(), field.getValue());
                }
            }
            entered.putAll(filling);
            String snippet = generator.generate();
            assertNames(example.all(), entered, snippet);
            snippets.add(snippet);
        }
        return snippets;
    }

    /** What is not entered is not written, so that it may change its default. */
    private static void assertNames(Set<String> all, Map<String, String> entered, String snippet) {
        Set<String> given = new HashSet<>(entered.keySet());
        given.removeIf(name -> entered.get(name).isEmpty());
        // An only argument is written without its name.
        boolean unnamed = given.size() == 1 && !snippet.contains(": ");
        for (String name : all) {
            assertThat(snippet.matches("(?s).*[( ]" + name + ": .*"))
                    .as(name + " in " + snippet)
                    .isEqualTo(given.contains(name) && !unnamed);
        }
        assertThat(!unnamed
                        || snippet.contains("'" + entered.get(given.iterator().next()) + "'"))
                .as(snippet)
                .isTrue();
    }

    private static void assertTheyRun(String function, List<String> snippets) throws Exception {
        StringBuilder script = new StringBuilder();
        for (String snippet : snippets) {
            script.append("echo 'BEGIN'\n").append(runnable(function, snippet)).append("\necho 'END'\n");
        }
        WorkflowRun run = Pipelines.succeed(jenkins, script.toString());

        String[] parts = JenkinsRule.getLog(run).split("(?m)^BEGIN$");
        assertThat(parts).hasSize(snippets.size() + 1);
        for (int i = 0; i < snippets.size(); i++) {
            List<String> said = parts[i + 1]
                    .split("(?m)^END$")[0]
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("[Pipeline]"))
                    .toList();
            assertThat(said)
                    .as("what the log says of " + snippets.get(i))
                    .hasSizeGreaterThanOrEqualTo(2)
                    .doesNotHaveDuplicates()
                    .noneMatch(line -> line.contains("null") || line.contains("\tat "));
        }
        StringWriter html = new StringWriter();
        run.getLogText().writeHtmlTo(0, html);
        assertThat(html.toString()).contains(PAGES.getOrDefault(function, ""));
    }

    /** There is no Docker host that a test may clean up. */
    private static String runnable(String function, String snippet) {
        return function.equals("pruneDockerHost")
                ? "withEnv(['DOCKER_HOST=unix:///none']) {\ntry {\n" + snippet
                        + "\nerror 'there is a Docker host'\n} catch (hudson.AbortException e) {\necho e.message\n}\n}"
                : snippet;
    }
}
