package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hudson.EnvVars;
import hudson.model.Action;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Descriptor;
import hudson.model.Label;
import hudson.triggers.TriggerDescriptor;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Attachment;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.Symbol;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Checks {@code docs/STEPS.md} and {@code docs/ERRORS.md} against the steps. {@code -Dsteps.page=write} generates the
 * tables again.
 */
@WithController
class StepsPageTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final String PRIVATE = "group/app";
    private static final TestImage INDEX =
            TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2).withPlatform("linux", "arm64"));

    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final String ZEROS = "sha256:" + "0".repeat(64);

    /** Calls that together make each step return every possible key. */
    private static final List<String> CALLS = """
            deleteImageTag(image: 'technolog/gone', tag: '1', credentialsId: 'docker-hub')
            dockerHubDescription(image: 'technolog/serviceone', credentialsId: 'docker-hub', description: 'One')
            dockerHubToken(credentialsId: 'docker-hub')
            findTagForBuild(image: 'technolog/serviceone', build: 103)
            findTagForBuild(image: 'technolog/serviceone', build: 9, optional: true)
            imageInfo(image: 'technolog/serviceone', tag: '2017.2.103')
            imageInfo(image: 'technolog/serviceone', tag: '2017.2.103', details: false)
            imageTags(image: 'technolog/serviceone')
            imageVersion()
            notifyDockerHub()
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', credentialsId: 'docker-hub')
            promoteImages(images: [[image: 'technolog/serviceone', tag: '2017.2.103']], to: ['a'], credentialsId: 'docker-hub')
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', to: ['latest'], credentialsId: 'docker-hub')
            rollbackImage(image: 'technolog/serviceone', tag: 'latest', credentialsId: 'docker-hub', reason: 'none')
            rollbackImage(image: 'technolog/serviceone', tag: 'latest', to: '2017.2.103', credentialsId: 'docker-hub')
            imageHistory(image: 'technolog/serviceone', tag: 'latest')
            imageHistory(image: 'technolog/serviceone', tag: 'a')
            imageHistory(image: 'technolog/serviceone', tag: 'b')
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.103', publicKeys: ['cosign-key'])
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.103', publicKeys: ['cosign-key'], predicates: true)
            pruneDockerHost()
            pruneImageTags(image: 'registry.example.com/group/app', credentialsId: 'registry', keep: 1)
            pruneImageTags(image: 'technolog/signed', credentialsId: 'docker-hub', keep: 1, pattern: '{build}')
            pruneImageTags(image: 'registry.example.com/group/app', credentialsId: 'registry', keep: 2, \
                pattern: '{year}.{week}.{build}', dryRun: false)
            registryToken(registry: 'registry.example.com', credentialsId: 'registry')
            """.lines().toList();

    private static final List<String> MISTAKES =
            """
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', to: ['2017.2.104'])
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', to: [])
            promoteImage(image: 'technolog/serviceone:1', tag: '2017.2.103')
            promoteImage(image: 'technolog/serviceone', tag: 'feature/one')
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103')
            promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', expectedDigest: 'ZEROS')
            promoteImages(images: [])
            promoteImages(images: [[image: 'a/b', tag: '1'], [image: 'a/b', tag: '2', to: ['latest']]])
            promoteImages(images: [[image: 'a/b', tag: '1', dryRun: true]])
            rollbackImage(image: 'technolog/serviceone', tag: 'nowhere')
            rollbackImage(image: 'technolog/serviceone')
            rollbackImage(train: 'none')
            imageHistory(image: 'technolog/serviceone', tag: '')
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.104', publicKeys: ['cosign-key'])
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.103')
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.103', publicKeys: ['no-key'])
            verifyImage(image: 'technolog/serviceone', tag: '2017.2.103', publicKeys: ['absent'])
            findTagForBuild(image: 'technolog/serviceone', build: 9)
            findTagForBuild(image: 'technolog/serviceone', build: 'x')
            findTagForBuild(image: 'technolog/serviceone')
            findTagForBuild(image: '', build: 103)
            findTagForBuild(image: 'technolog/serviceone', build: 103, credentialsId: 'absent')
            findTagForBuild(image: 'technolog/serviceone', build: 103, pattern: '{year}')
            findTagForBuild(image: 'technolog/serviceone', build: 103, pattern: '{years}.{build}')
            findTagForBuild(image: 'technolog/serviceone', build: 103, regex: '(.*)')
            findTagForBuild(image: 'technolog/serviceone', build: 103, pattern: '{build}', regex: '(?<build>.*)')
            imageTags(image: 'technolog/serviceone', limit: 0)
            imageTags(image: 'technolog/serviceone', pattern: '{build}', regex: '.*')
            imageInfo(image: 'technolog/serviceone', tag: 'absent')
            imageInfo(image: 'technolog/serviceone', tag: '')
            imageInfo(image: 'registry.example.com/group/app', tag: '2017.2.101')
            imageVersion(image: 'technolog/serviceone', pattern: '{year}.{week}.{build}', build: 103)
            imageVersion(pattern: '{build}', zone: 'Mars')
            imageVersion(pattern: '{major}.{build}')
            imageVersion(pattern: '{build}', build: 'x')
            imageVersion(pattern: '{major}', values: ['1'])
            deleteImageTag(image: 'technolog/gone', tag: 'absent', credentialsId: 'docker-hub')
            deleteImageTag(image: 'technolog/gone', tag: '2', credentialsId: 'docker-hub', expectedDigest: 'ZEROS')
            pruneImageTags(image: 'technolog/serviceone')
            pruneImageTags(image: 'technolog/serviceone', keep: 0)
            pruneImageTags(image: 'technolog/serviceone', keep: 1, protect: ['[a-z]'])
            pruneImageTags(image: 'technolog/serviceone', keep: 1, protect: ['x'], maxDelete: 1, dryRun: false)
            pruneDockerHost(until: '2 weeks')
            isolatedDockerConfig(registry: 'https://a/b/c') { }
            isolatedDockerConfig(registry: 'docker.io', registries: [[credentialsId: 'docker-hub']]) { }
            dockerHubDescription(image: 'technolog/serviceone', credentialsId: 'docker-hub')
            dockerHubDescription(image: 'a.example.com/b', credentialsId: 'docker-hub', description: 'a')
            dockerHubDescription(image: 'a/b', credentialsId: 'docker-hub', description: 'ZEROSZEROS')
            dockerHubDescription(image: 'a/b', credentialsId: 'docker-hub', fullDescription: 'a', section: 'a', wholePage: true)
            dockerHubToken(credentialsId: '')
            registryToken(credentialsId: 'registry')
            registryToken(image: 'technolog/serviceone', actions: ['read'])
            notifyDockerHub(state: 'good')
            """.replace("ZEROS", ZEROS).lines().toList();

    private static JenkinsRule jenkins;

    @TempDir
    private static Path bin;

    private InMemoryDockerHub hub;
    private InMemoryRegistry registry;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setNumExecutors(0);
        FakeCommand.install(bin, "docker", "exit 0");
        FakeCommand.install(bin, "curl", "exit 0");
        rule.waitOnline(rule.createSlave(Label.get("agent"), new EnvVars("PATH", FakeCommand.path(bin))));
        for (String key : List.of("cosign-key", "no-key")) {
            Setup.addText(key, key.equals("no-key") ? "none" : SIGNER.publicKey());
        }
        for (String id : List.of("docker-hub", "registry")) {
            Setup.addLogin(id, "ci", Pipelines.PASSWORD);
        }
    }

    @BeforeEach
    void openRegistries() throws Exception {
        hub = Pipelines.dockerHub();
        hub.registry().push(IMAGE, "2017.2.103", INDEX);
        hub.registry()
                .push(
                        IMAGE,
                        Attachment.referrer(8, INDEX, "application/vnd.dev.sigstore.bundle.v0.3+json")
                                .withAnnotation("dev.sigstore.bundle.predicateType", "https://slsa.dev/provenance/v1"));
        hub.registry().addTags(IMAGE, TestImage.docker(3), List.of("2017.2.104", "latest"));
        SIGNER.sign(hub.registry(), IMAGE, INDEX.digest());
        SIGNER.attest(
                hub.registry(),
                IMAGE,
                INDEX.digest(),
                "https://slsa.dev/provenance/v1",
                Map.of("builder", Map.of("id", "ci")));
        hub.registry().addTags("technolog/gone", TestImage.docker(4), List.of("1", "2"));
        hub.registry().push("technolog/signed", "1", TestImage.oci(5));
        hub.registry().push("technolog/signed", "2", TestImage.oci(6));
        hub.registry().push("technolog/signed", Attachment.referrer(7, TestImage.oci(5), "application/spdx+json"));
        registry = Pipelines.registry();
        for (int build = 101; build < 105; build++) {
            registry.push(PRIVATE, "2017.2." + build, TestImage.oci(build));
        }
        registry.push(PRIVATE, Attachment.tag(TestImage.oci(102)) + ".sig", Attachment.cosign("a=1"));
        registry.push(PRIVATE, Attachment.referrer(9, TestImage.oci(102), "application/spdx+json"));
        List<RegistryConfiguration> places =
                new ArrayList<>(DockerPromotionConfiguration.get().getRegistries());
        places.add(
                new RegistryConfiguration("registry.example.com", registry.uri().toString()));
        DockerPromotionConfiguration.get().setRegistries(places);
    }

    @AfterEach
    void closeRegistries() {
        hub.close();
        registry.close();
    }

    /** Returns the steps and the trigger by their names in a Jenkinsfile. */
    private static Map<String, Descriptor<?>> forms() {
        Map<String, Descriptor<?>> forms = new TreeMap<>();
        for (Descriptor<?> form : FormsTest.forms(jenkins)) {
            if (form instanceof StepDescriptor step) {
                forms.put(step.getFunctionName(), form);
            } else if (form instanceof TriggerDescriptor) {
                forms.put(form.getClass().getAnnotation(Symbol.class).value()[0], form);
            }
        }
        return forms;
    }

    private static Map<String, String> sections(StepsPage page) {
        Map<String, String> sections = page.sections();
        sections.keySet().retainAll(forms().keySet());
        return sections;
    }

    @Test
    void theTablesAreThoseOfTheCode() throws Exception {
        StepsPage page = StepsPage.read();
        Map<String, String> sections = sections(page);
        assertThat(sections.keySet()).containsExactlyInAnyOrderElementsOf(forms().keySet());
        for (Map.Entry<String, String> section : sections.entrySet()) {
            assertThat(new StepsPage(section.getValue()).generated())
                    .as(section.getKey())
                    .containsExactly("parameters of " + section.getKey());
        }
        Map<String, String> tables = new TreeMap<>(Map.of("index", index(sections.keySet())));
        for (Map.Entry<String, Descriptor<?>> form : forms().entrySet()) {
            tables.put(
                    "parameters of " + form.getKey(),
                    ParameterTable.of(
                            form.getValue(), FormLayout.of(form.getValue()).all()));
        }

        StepsPage anew = page.with(tables::get);

        if (System.getProperty("steps.page", "").equals("write")) {
            Files.writeString(StepsPage.FILE, anew.text());
        } else {
            assertThat(page.text())
                    .as("differs from the code; -Dtest=StepsPageTest -Dsteps.page=write writes its tables anew")
                    .isEqualTo(anew.text());
        }
    }

    private static String index(Iterable<String> names) {
        StringBuilder rows = new StringBuilder("| Step | What it does |\n|---|---|\n");
        for (String name : names) {
            rows.append("| [`%s`](#%s) | %s |\n"
                    .formatted(
                            name,
                            name.toLowerCase(Locale.ROOT),
                            forms().get(name).getDisplayName()));
        }
        return rows.toString();
    }

    @Test
    void everyErrorIsOneThatTheCodeHas() throws Exception {
        String code = code();
        for (String section : StepsPage.readErrors().sections().values()) {
            for (String line : StepsPage.errors(section)) {
                for (String part : line.replaceFirst("^Cannot ", "").split("…|: |; ")) {
                    String text = part.replaceFirst("it answered \\d+", "it answered")
                            .replaceAll("^[\\s'(),.;:]+|[\\s'(),.;:]+$", "");
                    assertThat(code.contains(text))
                            .as("'" + text + "' of: " + line)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void eachStepShowsItsMostFrequentErrorsAndLinksToAll() throws Exception {
        Map<String, String> all = StepsPage.readErrors().sections();
        for (Map.Entry<String, String> section : sections(StepsPage.read()).entrySet()) {
            String name = section.getKey();
            assertThat(StepsPage.errors(section.getValue()))
                    .as(name)
                    .hasSizeBetween(1, 3)
                    .isSubsetOf(StepsPage.errors(all.get(name)));
            assertThat(section.getValue()).contains("(ERRORS.md#" + name.toLowerCase(Locale.ROOT) + ")");
        }
    }

    /** Returns the source code, with concatenated string literals joined. */
    private static String code() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                all.append(Files.readString(file));
            }
            return all.toString().replaceAll("\"\\s*\\+\\s*\"", "");
        }
    }

    @Test
    void resultsAndErrorsAreThoseOfThePage() throws Exception {
        registry.onRequest(
                request -> request.method().equals("DELETE") && request.path().endsWith("2017.2.101"),
                Fault.status(403).always());
        StringBuilder script = new StringBuilder("def result(name, value) {\n"
                + "  echo 'RESULT ' + groovy.json.JsonOutput.toJson([name: name, result: value])\n}\n"
                + "def mistake(name, step) {\n  def text = ''\n"
                + "  try { step() } catch (hudson.AbortException e) { text = e.message }\n"
                + "  echo 'MISTAKE ' + groovy.json.JsonOutput.toJson([name: name, text: text])\n}\nnode {\n");
        MISTAKES.forEach(step -> script.append("mistake('%s') { %s }\n".formatted(name(step), step)));
        CALLS.forEach(step -> script.append("result('%s', %s)\n".formatted(name(step), step)));

        run(
                "node { promoteImage(image: 'technolog/serviceone', tag: '2017.2.103', to: ['b'],"
                        + " credentialsId: 'docker-hub') }",
                new CauseAction(new Cause.UserIdCause("alice")));
        String log = JenkinsRule.getLog(run(script + "}\n"));

        assertResults(said(log, "RESULT "));
        assertErrors(said(log, "MISTAKE "));
    }

    private static String name(String call) {
        return call.substring(0, call.indexOf('('));
    }

    private static List<JsonNode> said(String log, String prefix) throws IOException {
        List<JsonNode> said = new ArrayList<>();
        for (String line : log.lines().filter(l -> l.startsWith(prefix)).toList()) {
            said.add(new ObjectMapper().readTree(line.substring(prefix.length())));
        }
        return said;
    }

    private static void assertResults(List<JsonNode> results) throws IOException {
        Map<String, ResultShape> shapes = new TreeMap<>();
        for (JsonNode said : results) {
            shapes.computeIfAbsent(said.get("name").asText(), name -> new ResultShape())
                    .add("", said.get("result"));
        }
        for (Map.Entry<String, String> section : sections(StepsPage.read()).entrySet()) {
            Map<String, String> types = StepsPage.result(section.getValue());
            if (forms().get(section.getKey()) instanceof StepDescriptor step) {
                assertThat(types)
                        .as("the result of " + section.getKey())
                        .isEqualTo(
                                step.takesImplicitBlockArgument()
                                        ? Map.of("", "what the block returns")
                                        : shapes.get(section.getKey()).types());
            }
        }
    }

    private static void assertErrors(List<JsonNode> mistakes) throws IOException {
        Map<String, String> sections = StepsPage.readErrors().sections();
        assertThat(mistakes).hasSameSizeAs(MISTAKES);
        assertThat(mistakes)
                .as("those that the page does not have")
                .filteredOn(mistake -> Stream.of(mistake.get("name").asText(), "All steps")
                        .flatMap(name -> StepsPage.errors(sections.get(name)).stream())
                        .noneMatch(matching(mistake.get("text").asText())))
                .isEmpty();
    }

    private static Predicate<String> matching(String text) {
        return line -> Pattern.matches(
                Stream.of(line.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")), text);
    }

    @Test
    void everyExampleRunsAsItStands() throws Exception {
        for (Map.Entry<String, String> section : StepsPage.read().sections().entrySet()) {
            List<String> examples = StepsPage.examples(section.getValue());
            if (forms().containsKey(section.getKey())) {
                assertThat(examples)
                        .as(section.getKey())
                        .isNotEmpty()
                        .anyMatch(e -> e.contains(section.getKey() + "("));
            }
            for (String example : examples) {
                closeRegistries();
                openRegistries();
                WorkflowRun run = run(example);
                assertThat(run.getParent().getTriggers().isEmpty())
                        .as("whether it makes the job wait for something")
                        .isEqualTo(!example.contains("riggers"));
                run.getParent().delete();
            }
        }
        assertThat(ScriptApproval.get().getPendingSignatures()).isEmpty();
    }

    private static WorkflowRun run(String jenkinsfile, Action... actions) throws Exception {
        WorkflowJob job = Setup.job(jenkins, jenkinsfile);
        return jenkins.assertBuildStatusSuccess(job.scheduleBuild2(0, actions));
    }
}
