package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.ProxyConfiguration;
import hudson.model.Result;
import hudson.model.Slave;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.Waiting;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.webhook.Webhooks;
import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * Every step succeeds, fails, is interrupted by a restart and is aborted, with secrets that are unique strings. Then
 * the test searches for them in everything that Jenkins stores or shows.
 */
class NoLeakTest {

    private static final String WRONG = "wr0ng-\"pa<55/w&rd+";
    private static final String TEXT = "s3cret/t3xt+\"of\\a&registry<";
    private static final String PROXY = "pr0xy-\"pa<55/w&rd+";
    private static final String CALLBACK = "2141b5bi5i5b02bec211i4eeih0242eg11000a";
    private static final String PUSHED = "technolog/serviceone";
    private static final String HANGING = "technolog/hanging";

    /** The number of requests that hang on the registry: one for each step that reads an image. */
    private static final int IMAGE_STEPS = 11;

    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final Predicate<RecordedRequest> HANGS = RecordedRequest.matching("/v2/group/hang[^/]*/.*");
    private static final Predicate<RecordedRequest> LOGIN = RecordedRequest.matching("POST", "/v2/auth/token");
    private static final Predicate<RecordedRequest> ANSWER = RecordedRequest.matching("POST", "/u/.*");
    private static final Predicate<RecordedRequest> TOKEN = RecordedRequest.matching(".*/token");

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    @TempDir
    private Path bin;

    private final Witness witness = new Witness();
    private InMemoryDockerHub hub;
    private InMemoryRegistry registry;
    private InMemoryRegistry slow;
    private InMemoryRegistry behindProxy;

    /** The calls of one step in a Pipeline, one for each case. */
    private record Scenario(String success, String failure, String hanging) {}

    @BeforeEach
    void open() throws Exception {
        registry = Pipelines.registry();
        slow = Pipelines.registry();
        behindProxy = InMemoryRegistry.start();
        for (InMemoryRegistry each : List.of(registry, behindProxy)) {
            each.push("group/app", "2017.2.103", TestImage.oci(1));
            each.push("group/app", "2017.2.104", TestImage.oci(2));
        }
        SIGNER.sign(registry, "group/app", TestImage.oci(1).digest());
        registry.onRequest(HANGS, Fault.hang().always());
        slow.onRequest(TOKEN, Fault.hang().always());
        FakeCommand.install(bin, "docker", "env >>" + bin + "/env");
        Files.createDirectory(bin.resolve("hanging"));
        FakeCommand.install(
                bin, "hanging/docker", "touch " + bin + "/begun; while [ -e " + bin + "/begun ]; do sleep 0.2; done");
    }

    @AfterEach
    void close() throws Exception {
        Files.deleteIfExists(bin.resolve("begun"));
        witness.close();
        List.of(registry, slow, behindProxy).forEach(InMemoryRegistry::close);
        hub.close();
    }

    /** Returns the calls of each step: one that succeeds, one that fails, and one that hangs. */
    private Map<String, Scenario> scenarios() {
        String app = "image: '" + registry.host() + "/group/app', credentialsId: 'hub'";
        String table = """
                dockerHubToken | dockerHubToken('hub') | dockerHubToken('wrong') | dockerHubToken('hub')
                registryToken | registryToken(APP) | registryToken(WRONG) | registryToken(SLOW)
                findTagForBuild | findTagForBuild(APP, build: 103) | findTagForBuild(APP, build: 1) | findTagForBuild(HANG, build: 103)
                imageTags | imageTags(APP); imageTags(image: 'registry.invalid/group/app') | imageTags(TEXT) | imageTags(HANG)
                imageInfo | imageInfo(APP, tag: '2017.2.103') | imageInfo(WRONG, tag: '2017.2.103') | imageInfo(HANG, tag: '1')
                imageVersion | imageVersion(APP, bump: true) | imageVersion(WRONG, build: 7) | imageVersion(HANG, build: 8)
                promoteImage | promoteImage(APP, tag: '2017.2.103', to: ['stage']) \
                    | promoteImage(APP, tag: '2017.2.103', to: ['2017.2.104']) | promoteImage(HANG, tag: '1')
                promoteImages | promoteImages(images: [[APP, tag: '2017.2.103']], to: ['stage']) \
                    | promoteImages(images: [[APP, tag: '2017.2.103']], to: ['2017.2.104']) \
                    | promoteImages(images: [[HANG-TRAIN, tag: '1']])
                rollbackImage | promoteImage(APP, tag: '2017.2.103', to: ['moved'], overwrite: true); \
                    promoteImage(APP, tag: '2017.2.104', to: ['moved'], overwrite: true); rollbackImage(APP, tag: 'moved') \
                    | rollbackImage(WRONG, tag: 'moved') | imageInfo(HANG, tag: '2')
                imageHistory | imageHistory(image: 'HOST/group/app', tag: 'moved') | imageHistory(image: '', tag: '') \
                    | imageInfo(HANG, tag: '3')
                verifyImage | verifyImage(APP, tag: '2017.2.103', publicKeys: ['key']) \
                    | verifyImage(WRONG, tag: '2017.2.103', publicKeys: ['key']) | verifyImage(HANG, tag: '1', publicKeys: ['key'])
                deleteImageTag | deleteImageTag(APP, tag: 'stage') | deleteImageTag(APP, tag: 'absent') \
                    | deleteImageTag(HANG-DELETION, tag: '1')
                pruneImageTags | pruneImageTags(APP, keep: 1) | pruneImageTags(TEXT, keep: 1) | pruneImageTags(HANG, keep: 1)
                isolatedDockerConfig | LOGIN { sh 'env; cat "$REGISTRY_AUTH_FILE"; base64 -w0 "$REGISTRY_AUTH_FILE"' } \
                    | LOGIN { error readFile(env.REGISTRY_AUTH_FILE) } | LOGIN { gate 'inside' }
                pruneDockerHost | withEnv(['PATH=BIN:/usr/bin:/bin']) { pruneDockerHost() } \
                    | withEnv(['PATH=/nowhere']) { pruneDockerHost() } \
                    | withEnv(['PATH=BIN/hanging:/usr/bin:/bin']) { pruneDockerHost() }
                notifyDockerHub | notifyDockerHub() | notifyDockerHub(state: 'fine') | notifyDockerHub()
                dockerHubDescription | dockerHubDescription(PAGE'hub') | dockerHubDescription(PAGE'wrong') \
                    | dockerHubDescription(PAGE'hub')
                """.replace("HANG-TRAIN", app.replace("/app", "/hang-train"))
                .replace("HANG-DELETION", app.replace("/app", "/hang-deletion"))
                .replace("HANG", app.replace("/app", "/hang"))
                .replace("SLOW", app.replace(registry.host(), slow.host()))
                .replace("WRONG", app.replace("'hub'", "'wrong'"))
                .replace("TEXT", app.replace("'hub'", "'text'"))
                .replace("APP", app)
                .replace("PAGE", "image: '" + PUSHED + "', description: 'said', credentialsId: ")
                .replace(
                        "LOGIN",
                        "isolatedDockerConfig(registries: [[url: 'HOST', credentialsId: 'hub'],"
                                + " [url: 'text.example.com', credentialsId: 'text']])")
                .replace("HOST", registry.host())
                .replace("BIN", bin.toString());
        return table.lines()
                .map(line -> line.split(" +[|] "))
                .collect(Collectors.toMap(
                        column -> column[0],
                        column -> new Scenario(column[1], column[2], column[3]),
                        (one, other) -> one,
                        TreeMap::new));
    }

    @Test
    void noSecretGetsOutOfAnyStepWhateverHappens() throws Throwable {
        sessions.then(jenkins -> {
            prepare(jenkins);
            everyStepSucceedsAndFails(jenkins);
            everyStepHangs(jenkins);
        });
        sessions.then(jenkins -> {
            witness.listen(jenkins);
            everyStepHangsAgainAndIsAborted(jenkins);
        });
        witness.stop();
        assertThat(witness.leaks(search())).isEmpty();
        assertThat(witness.sawEnvironmentOf("hanging/docker")).isTrue();
    }

    private void prepare(JenkinsRule jenkins) throws Exception {
        Pipelines.prepare(jenkins);
        witness.listen(jenkins);
        jenkins.jenkins.setQuietPeriod(0);
        Setup.addLogin("wrong", "ci", WRONG);
        Setup.addText("text", TEXT);
        Setup.addText("key", SIGNER.publicKey());
        hub = Pipelines.dockerHubWithCallbacks();
        hub.registry().push(PUSHED, "1.0", TestImage.oci(3));
        List<RegistryConfiguration> places =
                new ArrayList<>(DockerPromotionConfiguration.get().getRegistries());
        places.add(new RegistryConfiguration("registry.invalid", "http://registry.invalid"));
        DockerPromotionConfiguration.get().setRegistries(places);
        jenkins.jenkins.setProxy(new ProxyConfiguration(
                "127.0.0.1", behindProxy.uri().getPort(), "proxy-user", PROXY, "127.0.0.1\nlocalhost"));
        assertThat(StepDescriptor.all().stream()
                        .filter(step -> FormsTest.isOfUsers(step))
                        .map(StepDescriptor::getFunctionName))
                .as("the steps of the plugin, each of which needs a scenario here")
                .containsExactlyInAnyOrderElementsOf(scenarios().keySet());
    }

    private SecretSearch search() {
        return SecretSearch.of(Map.of(
                        "password", Pipelines.PASSWORD,
                        "wrong password", WRONG,
                        "secret text", TEXT,
                        "proxy password", PROXY,
                        "webhook token", Webhooks.TOKEN,
                        "callback", CALLBACK))
                .also("registry token", registry.issuedTokens())
                .also("registry token", slow.issuedTokens())
                .also("registry token", hub.registry().issuedTokens())
                .also("Docker Hub token", hub.issuedTokens());
    }

    private WorkflowRun push(JenkinsRule jenkins, String image, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, image.substring(image.indexOf('/') + 1));
        job.setDefinition(new CpsFlowDefinition("node('agent') {\n" + script + "\n}", true));
        Webhooks.listen(job, image, false);
        Webhooks.deliver(jenkins, image, "1.0", hub.callbackUrl(image));
        return Webhooks.build(job, 1);
    }

    private void everyStepSucceedsAndFails(JenkinsRule jenkins) throws Exception {
        String successes = scenarios().values().stream().map(Scenario::success).collect(Collectors.joining("\n"));
        String failures = scenarios().values().stream()
                .map(s -> "try { " + s.failure() + "\nsurprises++ } catch (e) { echo \"caught ${e.message}\" }")
                .collect(Collectors.joining("\n"));
        WorkflowRun run = push(jenkins, PUSHED, """
                def surprises = 0
                def kept = dockerHubToken('hub')
                gate 'kept'
                kept = null
                promoteImage(image: '%s/group/app', credentialsId: 'hub', tag: '2017.2.103', to: ['stage'])
                %s
                %s
                gate 'done'
                if (surprises == 0) { dockerHubToken('wrong') }
                """.formatted(registry.host(), successes, failures));
        GateStep.waitFor("kept");
        // The known limit: Pipeline saves the variables of a script, in these files only.
        Waiting.until(
                "the script to be saved",
                () -> !search().inFiles(home(jenkins), NoLeakTest::isNotOurs).isEmpty());
        assertThat(search().inFiles(home(jenkins), NoLeakTest::isNotOurs))
                .allMatch(file -> file.matches(
                        "jobs/serviceone/builds/1/(program\\.dat|atomic\\d+\\.tmp) holds \\[Docker Hub token]"));
        GateStep.open("kept");
        try {
            GateStep.waitFor("done");
        } catch (TimeoutException e) {
            throw new AssertionError(JenkinsRule.getLog(run), e);
        }
        assertNoLeak(jenkins, run);
        GateStep.open("done");
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("Cannot get a token for 'ci' on", run);
        jenkins.assertLogContains("\"auth\" : \"****\"", run);
        jenkins.assertLogContains("Reported the build result for the push of", run);
        assertThat(Files.readString(bin.resolve("env"))).contains("PATH=");
        assertThat(search().in(Files.readString(bin.resolve("env")))).isEmpty();
        assertThat(behindProxy.requests().all())
                .anyMatch(r -> r.header("Proxy-Authorization").isPresent());
        assertNoLeak(jenkins, run);
    }

    private void everyStepHangs(JenkinsRule jenkins) throws Exception {
        hub.onRequest(LOGIN, Fault.hang().always());
        hub.onRequest(ANSWER, Fault.hang().always());
        Marks before = Marks.of(this);
        String branches = scenarios().entrySet().stream()
                .map(s -> s.getKey() + ": { " + s.getValue().hanging() + " }")
                .collect(Collectors.joining(",\n"));
        WorkflowRun run = push(jenkins, HANGING, "parallel(\n" + branches + ")");
        awaitHanging(before);
        assertNoLeak(jenkins, run);
    }

    private void everyStepHangsAgainAndIsAborted(JenkinsRule jenkins) throws Exception {
        WorkflowRun run =
                jenkins.jenkins.getItemByFullName("hanging", WorkflowJob.class).getLastBuild();
        awaitHanging(new Marks(IMAGE_STEPS, 1, Marks.of(this).logins - 2, Marks.of(this).answers - 1));
        assertNoLeak(jenkins, run);

        run.getExecutor().interrupt();

        jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
        assertNoLeak(jenkins, run);
        Slave agent = (Slave) jenkins.jenkins.getNode("slave0");
        assertThat(search().inFiles(Path.of(agent.getRemoteFS()), file -> false))
                .isEmpty();
    }

    /** The number of requests of each kind that hangs. */
    private record Marks(long images, long tokens, long logins, long answers) {
        static Marks of(NoLeakTest test) {
            return new Marks(
                    test.registry.requests().count(HANGS),
                    test.slow.requests().count(TOKEN),
                    test.hub.requests().count(LOGIN),
                    test.hub.requests().count(ANSWER));
        }

        boolean passed(Marks now) {
            return now.images >= images + IMAGE_STEPS
                    && now.tokens > tokens
                    && now.logins >= logins + 2
                    && now.answers > answers;
        }
    }

    private void awaitHanging(Marks before) throws Exception {
        GateStep.waitFor("inside");
        Waiting.until("all requests to hang", () -> before.passed(Marks.of(this)));
        Waiting.until("docker to be called", () -> Files.exists(bin.resolve("begun")));
    }

    private static Path home(JenkinsRule jenkins) {
        return jenkins.jenkins.getRootDir().toPath();
    }

    /** Skips the unpacked plugins, and the directories of running blocks, which contain logins. */
    private static boolean isNotOurs(Path file) {
        String name = file.getFileName().toString();
        return name.equals("plugins")
                || name.startsWith("docker-") && file.getParent().toString().endsWith("@tmp");
    }

    private void assertNoLeak(JenkinsRule jenkins, WorkflowRun run) throws Exception {
        SecretSearch search = search();
        Slave agent = (Slave) jenkins.jenkins.getNode("slave0");
        assertThat(search.inFiles(home(jenkins), NoLeakTest::isNotOurs)).isEmpty();
        if (!run.isBuilding()) {
            assertThat(search.inFiles(Path.of(agent.getRemoteFS()), NoLeakTest::isNotOurs))
                    .isEmpty();
        }
        assertThat(search.in(JenkinsRule.getLog(run))).isEmpty();
        for (String page : List.of("", "job/" + run.getParent().getName() + "/", run.getUrl(), "computer/")) {
            assertNoLeak(jenkins, search, page + "api/xml?depth=3");
            assertNoLeak(jenkins, search, page + "api/json?depth=3");
        }
        for (String page : List.of(
                run.getUrl(),
                run.getUrl() + "console",
                run.getUrl() + "consoleText",
                run.getUrl() + "flowGraphTable/",
                run.getParent().getUrl() + "configure",
                run.getParent().getUrl() + "config.xml",
                "manage/configure",
                "manage/docker-pushes/",
                "docker-promotions/",
                "computer/slave0/log")) {
            assertNoLeak(jenkins, search, page);
        }
        ByteArrayOutputStream yaml = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(yaml);
        assertThat(search.in(yaml.toString(StandardCharsets.UTF_8)))
                .as("exported configuration")
                .isEmpty();
    }

    private static void assertNoLeak(JenkinsRule jenkins, SecretSearch search, String address) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient();
        WebResponse response = client.loadWebResponse(new WebRequest(new URL(client.getContextPath() + address)));
        assertThat(response.getStatusCode()).as(address).isEqualTo(200);
        assertThat(search.in(response.getContentAsString() + response.getResponseHeaders()))
                .as(address)
                .isEmpty();
    }
}
