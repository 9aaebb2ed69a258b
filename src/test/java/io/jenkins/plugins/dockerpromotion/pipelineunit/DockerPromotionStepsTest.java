package io.jenkins.plugins.dockerpromotion.pipelineunit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerPromotionStepsTest extends BasePipelineTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final String PASSWORD = "s3cret-of-technolog";

    @TempDir
    Path directory;

    private final InMemoryDockerHub hub =
            InMemoryDockerHub.builder().user("technolog", PASSWORD).start();
    private final InMemoryRegistry registry =
            InMemoryRegistry.builder().bearer().user("robot", PASSWORD).start();
    private final DockerPromotionSteps steps = new DockerPromotionSteps();
    private final List<Object> said = new ArrayList<>();

    @BeforeEach
    void prepare() throws Exception {
        setScriptRoots(directory.toString());
        setUp();
        steps.register(getHelper());
    }

    @AfterEach
    void close() {
        hub.close();
        registry.close();
    }

    private void run(String script) throws IOException {
        // JenkinsPipelineUnit does not notice changes to a script that it has loaded, so each run uses a new file name.
        Path file = Files.createTempFile(directory, "Jenkinsfile", "");
        Files.writeString(file, script);
        getBinding().setVariable("said", said);
        runScript(file.getFileName().toString());
    }

    private void standIn() {
        steps.dockerHub(hub)
                .registry("registry.example.com:5000", registry)
                .credentials("hub", "technolog", PASSWORD)
                .credentials("robot", "robot", PASSWORD)
                .clock(InstantSource.fixed(Instant.parse("2017-01-12T10:00:00Z")));
        for (int build = 100; build < 104; build++) {
            hub.registry().push(IMAGE, "2017.2." + build, TestImage.docker(build));
        }
    }

    @Test
    void thePluginsClientDoesEveryStep() throws Exception {
        standIn();
        // rollbackImage needs the promotion history, which exists only in Jenkins.
        steps.answer("rollbackImage", arguments -> "rolled back");

        run("""
                def image = 'technolog/serviceone'
                dockerHubPush(image: image)
                said << findTagForBuild(image: image, build: '103')
                said << imageVersion(image: image, build: 105)
                said << promoteImage(image: image, tag: said[0], credentialsId: 'hub').targets*.tag
                said << promoteImage(image: image, tag: said[0], credentialsId: 'hub', to: ['1'],
                    toImage: 'registry.example.com:5000/released/one', toCredentialsId: 'robot').digest
                said << imageTags(image: image, pattern: '{year}.{week}.{build}')
                said << imageInfo(image: image, tag: 'latest').subMap('digest', 'signatures')
                said << deleteImageTag(image: image, tag: '2017.2.103-rc', credentialsId: 'hub')
                said << pruneImageTags(image: image, keep: 2, pattern: '{year}.{week}.{build}', credentialsId: 'hub').deleted*.tag
                said << dockerHubDescription(image: image, credentialsId: 'hub', description: 'One.')
                said << dockerHubToken('hub')
                said << registryToken(image: 'registry.example.com:5000/released/one', credentialsId: 'robot', actions: ['pull', 'push'])
                said << isolatedDockerConfig(credentialsId: 'hub') { 'from the block' }
                said << notifyDockerHub()
                said << pruneDockerHost().images
                said << promoteImages(images: [[image: image, tag: said[0]]], to: ['stable'], credentialsId: 'hub')
                said << imageHistory(image: image, tag: 'stable')
                said << rollbackImage(image: image, tag: 'stable')
                try {
                    verifyImage(image: image, tag: 'stable', publicKeys: ['%s'])
                } catch (IOException unsigned) {
                    said << unsigned.message.contains('signature')
                }
                """.formatted(publicKey().replace("\n", "\\n")));

        String digest = TestImage.docker(103).digest();
        String hubToken = (String) said.get(9);
        String registryToken = (String) said.get(10);
        assertThat(said)
                .containsExactly(
                        "2017.2.103",
                        "2017.2.105",
                        List.of("2017.2.103-rc", "latest"),
                        digest,
                        List.of("2017.2.103", "2017.2.102", "2017.2.101", "2017.2.100"),
                        Map.of("digest", digest, "signatures", 0),
                        digest,
                        List.of("2017.2.101", "2017.2.100"),
                        true,
                        hubToken,
                        registryToken,
                        "from the block",
                        false,
                        0L,
                        said.get(14),
                        List.of(),
                        "rolled back",
                        true);
        assertThat(String.valueOf(said.get(14))).contains("stable", digest);
        assertThat(hub.issuedTokens()).contains(hubToken);
        assertThat(registry.issuedTokens()).contains(registryToken);
        assertThat(registry.digestOf("released/one", "1")).contains(digest);
        assertThat(steps.calls())
                .extracting(StepCall::step)
                .containsAll(
                        StepSignature.all().stream().map(StepSignature::step).toList());
        assertThat(steps.log())
                .contains("[Pipeline] promoteImage", "The version is 2017.2.105")
                .noneMatch(line -> line.contains(PASSWORD));
        assertThat(steps.mask("it is " + hubToken)).isEqualTo("it is ****");
    }

    private static String publicKey() throws GeneralSecurityException {
        byte[] key =
                KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic().getEncoded();
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getEncoder().encodeToString(key)
                + "\n-----END PUBLIC KEY-----\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            findTagForBuild(image: 'a/b', buildNumber: 1)         | findTagForBuild has no parameter 'buildNumber'; it has build, credentialsId, image, optional, pattern, regex
            findTagForBuild(image: 'a/b')                         | findTagForBuild needs 'build'
            findTagForBuild(image: 'a/b', build: -1)              | findTagForBuild: 'build' is required
            findTagForBuild(image: 'A//b', build: 1)              | findTagForBuild: 'A//b'
            promoteImage(image: 'a/b', tag: '1', to: 'latest')    | promoteImage: 'to' takes a list of texts, and got String latest
            promoteImage(image: 'a/b', tag: 1)                    | promoteImage: 'tag' takes a text, and got Integer 1
            promoteImage(image: 'a/b', tag: '1', dryRun: null)    | promoteImage: 'dryRun' takes true or false, and got null
            promoteImage('a/b')                                   | promoteImage needs names with its arguments, and got a/b
            imageTags(image: 'a/b', limit: 'ten')                 | imageTags: 'limit' takes a whole number, and got String ten
            imageTags(image: 'a/b', limit: 0)                     | imageTags: 'limit' must be at least 1
            imageTags(image: 'a/b', pattern: '{build}', regex: 'a') | imageTags: set either 'pattern' or 'regex'
            imageVersion(zone: 'Berlin')                          | imageVersion: 'Berlin' is not a time zone
            pruneImageTags(image: 'a/b')                          | pruneImageTags: set 'keep', 'olderThanDays' or both
            registryToken()                                       | registryToken: set either 'image' or 'registry'
            registryToken(image: 'a/b', actions: ['read'])        | registryToken: 'actions' must be
            imageTags(image: 'a/b') { }                           | imageTags takes no block
            isolatedDockerConfig(registry: 'ghcr.io')             | isolatedDockerConfig needs a block
            isolatedDockerConfig(registries: [[host: 'a']]) { }   | isolatedDockerConfig: 'registries' takes a list of maps
            notifyDockerHub(state: 'fine')                        | notifyDockerHub: 'state' must be 'success', 'failure' or 'error'
            pruneDockerHost(until: 'soon')                        | pruneDockerHost:
            dockerHubPush(image: 'a/b', tag: '{build}*')          | dockerHubPush: use either fields in braces
            """)
    void refusesWhatTheStepRefusesAlsoWithAnAnswerOfOnesOwn(String call, String why) {
        StepSignature.all().forEach(step -> steps.answer(step.step(), arguments -> "an answer"));

        assertThatThrownBy(() -> run(call))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(why);
    }

    @Test
    void understandsArgumentsAsJenkinsDoes() throws Exception {
        StepSignature.all().forEach(step -> steps.answer(step.step(), arguments -> said.size()));

        run("""
                def tag = '1'
                said << findTagForBuild(image: "technolog/${'serviceone'}", build: '103', pattern: null)
                said << imageTags('technolog/serviceone')
                said << imageVersion(pattern: '{major}.{build}', values: [major: 3], bump: 'true')
                said << isolatedDockerConfig(registries: [[url: 'ghcr.io', credentialsId: 'hub']]) { 'ran' }
                said << isolatedDockerConfig { notifyDockerHub() }
                """);

        assertThat(said).containsExactly(0, 1, 2, "ran", 4);
        assertThat(steps.calls())
                .containsExactly(
                        new StepCall("findTagForBuild", Map.of("image", IMAGE, "build", 103L)),
                        new StepCall("imageTags", Map.of("image", IMAGE)),
                        new StepCall(
                                "imageVersion",
                                Map.of("pattern", "{major}.{build}", "values", List.of("major=3"), "bump", true)),
                        new StepCall(
                                "isolatedDockerConfig",
                                Map.of("registries", List.of(Map.of("url", "ghcr.io", "credentialsId", "hub")))),
                        new StepCall("isolatedDockerConfig", Map.of()),
                        new StepCall("notifyDockerHub", Map.of()));
    }

    @Test
    void callsNoRegistryThatTheTestDidNotStart() {
        steps.dockerHub(hub).credentials("hub", "technolog", PASSWORD);

        assertThatThrownBy(() -> run("imageTags('ghcr.io/technolog/serviceone')"))
                .hasMessage("in this test no registry stands for ghcr.io; name one by dockerHub or registry,"
                        + " or give an answer of your own");
        assertThatThrownBy(() -> run("promoteImage(image: 'a/b', tag: '1', toImage: 'ghcr.io/a/b')"))
                .hasMessageContaining("ghcr.io");
        assertThatThrownBy(() -> run("imageTags(image: 'a/b', credentialsId: 'hbu')"))
                .hasMessage("the test has no credentials 'hbu'; it has [hub]");
        assertThat(hub.requests().all()).isEmpty();
    }

    @Test
    void givesNoVersionTwice() throws Exception {
        standIn();
        steps.buildNumber(103).variable("GIT_COMMIT", "0123456789abcdef");

        assertThatThrownBy(() -> run("imageVersion(image: 'technolog/serviceone')"))
                .hasMessageContaining("build 103 already has the version 2017.2.103");
        run("""
                said << imageVersion(image: 'technolog/serviceone', bump: true)
                said << imageVersion(image: 'technolog/serviceone', bump: true)
                said << imageVersion(pattern: '{build}-{sha}')
                """);

        assertThat(said).containsExactly("2017.2.104", "2017.2.104", "103-0123456789ab");
        steps.buildNumber(104);
        assertThatThrownBy(() -> run("imageVersion(image: 'technolog/serviceone')"))
                .hasMessageContaining("build 104 already has the version 2017.2.104 (reserved)");
    }

    @Test
    void dockersConfigurationIsThereInsideTheBlockAlone() throws Exception {
        standIn();
        List<Path> files = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        steps.answer("notifyDockerHub", arguments -> {
            files.add(Path.of(steps.environment().get("DOCKER_CONFIG"), "config.json"));
            return contents.add(Files.readString(files.get(0)));
        });

        run(
                "isolatedDockerConfig(registry: 'registry.example.com:5000', credentialsId: 'robot') { notifyDockerHub() }");

        assertThat(contents).singleElement().asString().contains("registry.example.com:5000", "auth");
        assertThat(files.get(0)).doesNotExist();
        assertThat(steps.environment()).doesNotContainKey("DOCKER_CONFIG");
    }

    @Test
    void tellsWhichPushesStartTheJob() throws Exception {
        run("pipelineTriggers([dockerHubPush(images: ['a/one', 'a/two'], tag: '{year}.{week}.{build}')])");

        assertThat(steps.startsOnPushOf("a/two", "2017.2.103")).isTrue();
        assertThat(steps.startsOnPushOf("docker.io/a/two", "2017.2.103")).isTrue();
        assertThat(steps.startsOnPushOf("a/two", "latest")).isFalse();
        assertThat(steps.startsOnPushOf("a/three", "2017.2.103")).isFalse();
    }

    @Test
    void knowsWhichStepsThereAre() {
        assertThatThrownBy(() -> steps.answer("findTag", arguments -> "1")).hasMessage("there is no step 'findTag'");
    }
}
