package io.jenkins.plugins.dockerpromotion.dockerconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {

    private static final RegistryKey REGISTRY = RegistryKey.of("registry.example.com:5000");
    private static final RegistryAuthentication BOB = new RegistryAuthentication.Basic("bob", "s3cret");
    private static final String BOB_ENCODED = "Ym9iOnMzY3JldA==";

    @Test
    void aConfigurationOfNothingChoosesNoNativeStore() throws IOException {
        assertJson(DockerConfig.empty().isolated(), "{'auths': {'isolated.invalid': {}}}");
    }

    @Test
    void writesALoginForEachRegistry() throws IOException {
        DockerConfig config = DockerConfig.empty()
                .withLogin(REGISTRY, BOB)
                .withLogin(RegistryKey.of(""), new RegistryAuthentication.Basic("ümlaut", "a:b\"c"))
                .withLogin(RegistryKey.of("ghcr.io"), new RegistryAuthentication.Bearer("t0ken"))
                .withLogin(RegistryKey.of("quay.io"), RegistryAuthentication.ANONYMOUS)
                .isolated();
        assertJson(config, """
                {'auths': {
                  'registry.example.com:5000': {'auth': 'Ym9iOnMzY3JldA=='},
                  'https://index.docker.io/v1/': {'auth': 'w7xtbGF1dDphOmIiYw=='},
                  'ghcr.io': {'registrytoken': 't0ken'},
                  'isolated.invalid': {}}}
                """);
        assertThat(config).hasToString("DockerConfig[registry.example.com:5000, https://index.docker.io/v1/, ghcr.io]");
    }

    @Test
    void keepsWhatIsNotSecretOfTheAgent() throws IOException {
        DockerConfig agent = parse("""
                {'auths': {'registry.example.com:5000': {'auth': 'b2xkOm9sZA=='}, 'quay.io': {}},
                 'credsStore': 'secretservice',
                 'credHelpers': {'123.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login', 'registry.example.com:5000': 'pass'},
                 'HttpHeaders': {'X-Team': 'a'}, 'proxies': {'default': {'httpProxy': 'http://proxy:3128'}},
                 'cliPluginsExtraDirs': ['/opt/plugins'], 'plugins': {'x': {'y': 'z'}}, 'features': {'buildkit': 'true'},
                 'aliases': {'builder': 'buildx'}, 'detachKeys': 'ctrl-e,e', 'currentContext': 'remote',
                 'somethingNew': [1, {'a': null}]}
                """);
        DockerConfig block = agent.withoutLogins()
                .withPluginFolder("/home/jenkins/.docker/cli-plugins")
                .withLogin(REGISTRY, BOB)
                .isolated();
        assertJson(block, """
                {'auths': {'registry.example.com:5000': {'auth': 'Ym9iOnMzY3JldA=='}, 'isolated.invalid': {}},
                 'credHelpers': {'123.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login'},
                 'HttpHeaders': {'X-Team': 'a'}, 'proxies': {'default': {'httpProxy': 'http://proxy:3128'}},
                 'cliPluginsExtraDirs': ['/opt/plugins', '/home/jenkins/.docker/cli-plugins'],
                 'plugins': {'x': {'y': 'z'}}, 'features': {'buildkit': 'true'},
                 'aliases': {'builder': 'buildx'}, 'detachKeys': 'ctrl-e,e', 'currentContext': 'remote',
                 'somethingNew': [1, {'a': null}]}
                """);
        assertThat(new String(block.toBytes(), StandardCharsets.UTF_8)).contains("\"currentContext\" : \"remote\"");
    }

    @Test
    void addsToTheLoginsOfAnOuterBlock() throws IOException {
        DockerConfig outer = DockerConfig.parse(
                DockerConfig.empty().withLogin(REGISTRY, BOB).isolated().toBytes());
        DockerConfig inner = outer.withLoginsByRegistry()
                .withLogin(RegistryKey.of("ghcr.io"), BOB)
                .isolated();
        assertThat(inner.registries()).containsExactlyInAnyOrder("registry.example.com:5000", "ghcr.io");
    }

    @Test
    void findsLoginsThatAnOuterBlockKeepsInANativeStore() throws IOException {
        DockerConfig outer = parse("{'auths': {'quay.io': {}, 'ghcr.io': {}}, 'credsStore': 'pass'}");
        assertJson(
                outer.withLoginsByRegistry()
                        .withLogin(RegistryKey.of("ghcr.io"), BOB)
                        .isolated(),
                """
                {'auths': {'quay.io': {}, 'ghcr.io': {'auth': 'Ym9iOnMzY3JldA=='}, 'isolated.invalid': {}},
                 'credHelpers': {'quay.io': 'pass'}}
                """);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example.com:5000, https://registry.example.com:5000",
        "registry.example.com:5000, https://registry.example.com:5000/v2/",
        "registry.example.com:5000, REGISTRY.example.com:5000/",
        "docker.io,                 https://index.docker.io/v1/",
        "docker.io,                 index.docker.io",
        "'',                        docker.io",
    })
    void aLoginTakesThePlaceOfWhatTheRegistryHadInAnySpelling(String registry, String before) throws IOException {
        DockerConfig config = parse("{'auths': {'" + before + "': {'auth': 'x'}, 'quay.io': {}}, 'credHelpers': {'"
                        + before + "': 'pass'}}")
                .withLogin(RegistryKey.of(registry), BOB)
                .isolated();
        assertJson(
                config,
                "{'auths': {'" + RegistryKey.of(registry).inAuths() + "': {'auth': '" + BOB_ENCODED
                        + "'}, 'quay.io': {}, 'isolated.invalid': {}}}");
    }

    @Test
    void leavesLoginsForAPartOfARegistry() throws IOException {
        DockerConfig config = parse("{'auths': {'quay.io/group': {'auth': 'x'}}}");
        assertThat(config.withLogin(RegistryKey.of("quay.io"), BOB).registries())
                .containsExactly("quay.io/group", "quay.io");
    }

    @Test
    void copesWithSettingsOfTheWrongType() throws IOException {
        DockerConfig config =
                parse("{'auths': [], 'credHelpers': 'x', 'cliPluginsExtraDirs': {}, 'currentContext': 1}");
        assertThat(config.withPluginFolder("/p")
                        .withLogin(REGISTRY, BOB)
                        .isolated()
                        .registries())
                .containsExactly("registry.example.com:5000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{}", "{\"auths\": null}"})
    void anEmptyFileIsAnEmptyConfiguration(String text) throws IOException {
        assertJson(
                DockerConfig.parse(text.getBytes(StandardCharsets.UTF_8)).isolated(),
                "{'auths': {'isolated.invalid': {}}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"auths\": {\"x\": {\"auth\": s3cret}}}", "{\"s3cret", "s3cret", "\"s3cret\""})
    void saysWhatIsWrongWithoutRepeatingIt(String text) {
        assertThatIOException()
                .isThrownBy(() -> DockerConfig.parse(text.getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith("it is not ")
                .withMessageNotContaining("s3cret")
                .withMessageNotContaining("\n");
    }

    @Test
    void refusesWhatIsTooLargeOrTooDeep() {
        assertThatIOException()
                .isThrownBy(() -> DockerConfig.parse(new byte[DockerConfig.MAX_BYTES + 1]))
                .withMessage("it is larger than 1048576 bytes");
        assertThatIOException()
                .isThrownBy(() -> DockerConfig.parse("[".repeat(10_000).getBytes(StandardCharsets.UTF_8)))
                .withMessageStartingWith("it is not JSON");
    }

    @Test
    void refusesALoginWithWhichTheDockerClientWouldRefuseTheFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> DockerConfig.empty().withLogin(REGISTRY, new RegistryAuthentication.Basic("", "s3cret")))
                .withMessage("the Docker client does not accept a login with an empty username");
    }

    private static DockerConfig parse(String json) throws IOException {
        return DockerConfig.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static void assertJson(DockerConfig config, String expected) throws IOException {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.readTree(config.toBytes())).isEqualTo(json.readTree(expected.replace('\'', '"')));
    }
}
