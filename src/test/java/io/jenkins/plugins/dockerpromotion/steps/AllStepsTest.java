package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Descriptor;
import hudson.model.TaskListener;
import hudson.triggers.TriggerDescriptor;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.pipelineunit.StepSignature;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.webhook.DockerHubPushTrigger;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Checks that apply to every step, including new ones. */
class AllStepsTest extends StepTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final TestImage MANIFEST = TestImage.docker(1);

    /** The links in the log of each step. */
    private static final Map<String, String> PAGES = Map.of(
            "dockerHubDescription", "href='https://hub.docker.com/r/technolog/serviceone'",
            "findTagForBuild", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103'",
            "imageInfo", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103'",
            "imageTags", "href='https://hub.docker.com/r/technolog/serviceone/tags'",
            "verifyImage", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103'",
            "imageVersion", "href='https://hub.docker.com/r/technolog/serviceone/tags'",
            "promoteImage", "href='https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103-rc'",
            "pruneImageTags", "href='https://hub.docker.com/r/technolog/serviceone/tags'");

    private static final ImageSigner SIGNER = ImageSigner.create();

    /** The recorded previous image of {@code latest}. */
    private static final TestImage BEFORE = TestImage.docker(2);

    /** A trusted root without any certificate. */
    private static final String TRUSTED_ROOT =
            "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}";

    private static final UUID TRAIN = UUID.randomUUID();

    private static final Path SIGNATURES =
            Path.of("src/test/resources/io/jenkins/plugins/dockerpromotion/pipelineunit/steps.txt");

    @BeforeAll
    static void record() throws Exception {
        DockerPromotionConfiguration.get().setTrustedRoot(TRUSTED_ROOT);
        Setup.addText("key", SIGNER.publicKey());
        PromotionReceipt.Target latest = new PromotionReceipt.Target("latest", BEFORE.digest(), true);
        new PromotionRecorder(jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject()), TRAIN)
                .inTrain(1)
                .record(
                        new PromotionReceipt(
                                IMAGE + ":2017.2.103", IMAGE, MANIFEST.digest(), "", List.of(), List.of(latest), false),
                        TaskListener.NULL);
    }

    @BeforeEach
    void push() {
        hub.registry().addTags(IMAGE, MANIFEST, List.of("2017.2.103", "2017.2.104", "latest"));
        hub.registry().push(IMAGE, "before", BEFORE);
        SIGNER.sign(hub.registry(), IMAGE, MANIFEST.digest());
        SIGNER.attest(hub.registry(), IMAGE, MANIFEST.digest(), "https://cosign.sigstore.dev/attestation/v1", Map.of());
        hub.registry().addTags("technolog/gone", MANIFEST, List.of("1", "2"));
    }

    /** The example of each step, one per line. */
    private static final String EXAMPLES = """
            deleteImageTag: image=technolog/gone; tag=1; credentialsId=hub | tag=2; expectedDigest=DIGEST
            dockerHubDescription: image=IMAGE; credentialsId=hub; description=Serves one. \
                | fullDescription=It serves\\none.; section=ci | section=; wholePage=true
            dockerHubToken: credentialsId=hub
            findTagForBuild: image=IMAGE; build=103 | credentialsId=hub; pattern=2017.2.{build}; optional=true \
                | pattern=; regex=2017\\.2\\.(?<build>[0-9]+)
            imageHistory: image=IMAGE; tag=2017.2.103
            imageInfo: image=IMAGE; tag=2017.2.103 | credentialsId=hub; details=false
            imageTags: image=IMAGE | credentialsId=hub; pattern=2017.2.{build}; limit=1 | pattern=; regex=2017.+
            imageVersion: | pattern={major}.{minor}.{build}; values=major=3000\\nminor=1 \
                | image=IMAGE; credentialsId=hub; bump=true; zone=Europe/Berlin; build=7
            isolatedDockerConfig: | registry=registry.example.com; credentialsId=hub; inherit=false \
                | registries=one; url=ghcr.io; credentialsId=hub
            notifyDockerHub: | state=failure; description=It's broken
            promoteImage: image=IMAGE; tag=2017.2.103; credentialsId=hub | to=released, {tag}-ok; dryRun=true \
                | toImage=technolog/released; toCredentialsId=hub; referrers=false | requireReferrers=true \
                | expectedDigest=DIGEST; overwrite=true | verify=true; publicKeys=key
            promoteImages: images=one; image=IMAGE; tag=2017.2.103; credentialsId=hub \
                | to=together; overwrite=true; referrers=false; dryRun=true | verify=true; publicKeys=key
            pruneDockerHost: | until=3h; images=false; volumes=false; dryRun=true
            pruneImageTags: image=IMAGE; keep=5 | credentialsId=hub; pattern=2017.2.{build}; olderThanDays=2 \
                | protect=latest, stable; dryRun=false; maxDelete=1; orphans=true | pattern=; regex=2017.+
            registryToken: image=IMAGE | actions=pull, push; credentialsId=hub | image=; actions=; registry=docker.io
            rollbackImage: image=IMAGE; tag=latest; credentialsId=hub \
                | to=2017.2.103; reason=It's broken; overwrite=true; dryRun=true | image=; tag=; to=; train=TRAIN
            verifyImage: image=IMAGE; tag=2017.2.103; publicKeys=KEY | publicKeys=key; credentialsId=hub \
                | attestations=custom; predicates=true \
                | certificateIdentity=ci@example.com; certificateOidcIssuer=https://example.com \
                | certificateIdentity=; certificateIdentityRegexp=.*@example[.]com \
                | certificateOidcIssuer=; certificateOidcIssuerRegexp=.*[.]com
            """;

    static Map<String, StepExample> examples() {
        return EXAMPLES.lines()
                .map(line -> line.split(": ?", 2))
                .collect(Collectors.toMap(
                        line -> line[0],
                        line -> StepExample.of(line[1], AllStepsTest::value),
                        (one, other) -> one,
                        TreeMap::new));
    }

    private static String value(String text) {
        return text.replace("IMAGE", IMAGE)
                .replace("DIGEST", MANIFEST.digest())
                .replace("TRAIN", TRAIN.toString())
                .replace("KEY", SIGNER.publicKey())
                .replace("\\n", "\n");
    }

    static StepExample triggerExample() {
        return StepExample.of(
                "image=IMAGE | tag={year}.{week}.{build}; images=a/one, a/two; ignorePushers=robot | callback=true",
                AllStepsTest::value);
    }

    /**
     * Fills the form of a step so that the generated snippets can run.
     *
     * @param fillings the first one has only the required fields; together they fill every field. A field that a
     *     filling omits keeps its value from the previous one.
     */
    record StepExample(List<Map<String, String>> fillings) {

        /**
         * @param fillings such as {@code image=a/b; tag=1 | dryRun=true}
         * @param value converts the text of a field to its value
         */
        static StepExample of(String fillings, UnaryOperator<String> value) {
            return new StepExample(Stream.of(fillings.split("[|]"))
                    .map(filling -> {
                        Map<String, String> fields = new LinkedHashMap<>();
                        Stream.of(filling.split("; "))
                                .map(field -> field.trim().split("=", 2))
                                .filter(field -> field.length == 2)
                                .forEach(field -> fields.put(field[0], value.apply(field[1])));
                        return fields;
                    })
                    .toList());
        }
    }

    @Test
    void theDirectiveGeneratorWritesTriggersThatADeclarativePipelineTakesAsTheyStand() throws Exception {
        List<Descriptor<?>> triggers = FormsTest.forms(jenkins).stream()
                .filter(TriggerDescriptor.class::isInstance)
                .toList();
        assertThat(triggers).extracting(d -> d.clazz.getSimpleName()).containsExactly("DockerHubPushTrigger");
        Descriptor<?> trigger = triggers.get(0);
        StepExample example = triggerExample();
        FormLayout layout = FormLayout.of(trigger);
        assertThat(layout.all()).containsExactlyInAnyOrderElementsOf(parameters(trigger));
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
            assertForm(job, layout);
            job.delete();
        }
    }

    /** Returns what the Declarative Directive Generator writes for a form. */
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

    private static void assertForm(WorkflowJob job, FormLayout layout) throws Exception {
        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            GeneratorPage page = new GeneratorPage(client, client.getPage(job, "configure"));
            List<String> all = layout.all();
            page.awaitFields(all, layout.fields());
            page.openAdvanced();
            page.awaitFields(all, all);
        }
    }

    private static List<StepDescriptor> steps() {
        return FormsTest.forms(jenkins).stream()
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
            assertThat(FormLayout.of(step).all())
                    .as("the form of " + step.getFunctionName())
                    .containsExactlyInAnyOrderElementsOf(parameters(step));
            Map<String, String> filled = new HashMap<>();
            example.fillings().forEach(filled::putAll);
            assertThat(filled.keySet()).as(step.getFunctionName()).containsAll(parameters(step));
        }
    }

    /** Tests of Jenkinsfiles check steps against this list, without Jenkins. */
    @Test
    void theListForTestsOfJenkinsfilesSaysWhatTheStepsTake() throws IOException {
        List<String> expected = FormsTest.forms(jenkins).stream()
                .flatMap(form -> StepLine.of(form).stream())
                .sorted()
                .toList();
        if (System.getProperty("steps.page", "").equals("write")) {
            String comment = Files.readString(SIGNATURES)
                    .lines()
                    .filter(line -> line.startsWith("#"))
                    .collect(Collectors.joining("\n"));
            Files.writeString(SIGNATURES, comment + "\n" + String.join("\n", expected) + "\n");
        } else {
            assertThat(StepSignature.lines())
                    .as("-Dtest=AllStepsTest -Dsteps.page=write writes them anew")
                    .isEqualTo(expected);
        }
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
        FormLayout layout = FormLayout.of(StepDescriptor.byFunctionName(function));
        generator.select(function);
        generator.awaitFields(layout.fields());
        generator.openAdvanced();
        generator.awaitFields(layout.all());
        List<String> snippets = new ArrayList<>();
        Map<String, String> entered = new LinkedHashMap<>();
        for (Map<String, String> filling : example.fillings()) {
            for (Map.Entry<String, String> field : filling.entrySet()) {
                if (field.getValue().equals("one")) {
                    generator.requireEntry();
                } else {
                    generator.enter(field.getKey(), field.getValue());
                }
            }
            entered.putAll(filling);
            String snippet = generator.generate();
            assertNames(layout.all(), entered, snippet);
            snippets.add(snippet);
        }
        return snippets;
    }

    /** The snippet must omit empty fields, so that a later default applies to them. */
    private static void assertNames(List<String> all, Map<String, String> entered, String snippet) {
        Set<String> given = new HashSet<>(entered.keySet());
        given.removeIf(name -> entered.get(name).isEmpty());
        // A single argument is written without its name.
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

    /** Points {@code pruneDockerHost} to a Docker host that does not exist: a test must not prune a real one. */
    private static String runnable(String function, String snippet) {
        return function.equals("pruneDockerHost")
                ? "withEnv(['DOCKER_HOST=unix:///none']) {\ntry {\n" + snippet
                        + "\nerror 'there is a Docker host'\n} catch (hudson.AbortException e) {\necho e.message\n}\n}"
                : snippet;
    }
}
