package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how a client discovers the authentication of a registry, and how few requests it needs. */
class TokenFlowTest extends ClientTest {

    private static final Basic CI = new Basic("ci", "marked-secret");

    private void open(InMemoryRegistry.Builder builder) {
        start(builder.user("ci", "marked-secret").clock(() -> network.time().now()));
        registry.push("group/app", "1.0", TestImage.docker(1));
        registry.push("group/other", "1.0", TestImage.docker(2));
    }

    private ImageReference other() {
        return ImageReference.tagged(image("other"), new Tag("1.0"));
    }

    private List<String> lines() {
        return registry.requests().all().stream()
                .map(r -> r.method() + " " + r.path().replaceFirst(".*/", "") + " " + r.status())
                .toList();
    }

    @Test
    void showsNothingToARegistryThatAsksForNothing() throws Exception {
        open(InMemoryRegistry.builder());
        assertThat(client(CI).digestOf(tagged("1.0"))).isPresent();
        assertThat(registry.requests().all())
                .singleElement()
                .satisfies(r -> assertThat(r.authorization()).isEmpty());
    }

    @Test
    void answersABasicChallengeAndIsNotAskedAgain() throws Exception {
        open(InMemoryRegistry.builder().basic());
        RegistryClient client = client(CI);
        client.digestOf(tagged("1.0"));
        client.digestOf(other());
        assertThat(lines()).containsExactly("HEAD 1.0 401", "HEAD 1.0 200", "HEAD 1.0 200");
    }

    @ParameterizedTest
    @EnumSource(names = {"CHALLENGE_WITHOUT_SCOPE", "CHALLENGE_AMONG_OTHERS", "ACCESS_TOKEN_FIELD", "NO_EXPIRES_IN"})
    void answersABearerChallengeAndIsNotAskedAgain(Quirk quirk) throws Exception {
        open(InMemoryRegistry.builder().bearer().with(quirk));
        RegistryClient client = client(CI);
        client.digestOf(tagged("1.0"));
        client.pull(tagged("1.0"));
        assertThat(lines()).containsExactly("HEAD 1.0 401", "GET token 200", "HEAD 1.0 200", "GET 1.0 200");
        RecordedRequest token = registry.requests().all("GET", "/token").get(0);
        assertThat(token.parameters("service")).containsExactly("registry.test");
        assertThat(token.parameters("scope")).containsExactly("repository:group/app:pull");
        assertThat(token.authorizationScheme()).contains("Basic");
    }

    @Test
    void getsAnonymousTokensForPublicImages() throws Exception {
        open(InMemoryRegistry.builder().bearer().publicRepository("*"));
        assertThat(client(RegistryAuthentication.ANONYMOUS).digestOf(tagged("1.0")))
                .isPresent();
        assertThat(registry.requests().all("GET", "/token").get(0).authorization())
                .isEmpty();
    }

    /** Error formats of Docker Hub, OAuth 2 and Artifactory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"details\":\"the account is locked\"}",
                "{\"error\":\"invalid_grant\",\"error_description\":\"the account is locked\"}",
                "{\"error\":\"the account is locked\"}",
                "{\"errors\":[{\"status\":401,\"message\":\"the account is locked\"}]}"
            })
    void repeatsWhatTheTokenServiceSays(String body) {
        open(InMemoryRegistry.builder().bearer());
        registry.onRequest(
                r -> r.path().equals("/token"), Fault.status(401).body(body).always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .hasMessageContaining("it answered 401 (the account is locked)");
    }

    /** Gateways may drop the {@code WWW-Authenticate} header. */
    @Test
    void asksHowToLogInWhereARefusalDoesNotSay() throws Exception {
        open(InMemoryRegistry.builder().bearer().publicRepository("*"));
        registry.onRequest(
                r -> r.path().contains("/manifests/"),
                Fault.removeHeader("WWW-Authenticate").always());
        assertThat(client(RegistryAuthentication.ANONYMOUS).digestOf(tagged("1.0")))
                .isPresent();
    }

    @Test
    void showsAnAccessTokenAsItIs() throws Exception {
        open(InMemoryRegistry.builder());
        client(new Bearer("marked-secret")).digestOf(tagged("1.0"));
        assertThat(registry.requests().last().authorization()).contains("Bearer marked-secret");
    }

    @Test
    void asksForOneTokenForAllThatIsExpected() throws Exception {
        open(InMemoryRegistry.builder().bearer());
        RegistryClient client = client(CI, Scope.pullAndPush("group/app"), Scope.pull("group/other"));
        client.pull(other());
        client.push(tagged("1.0"), client.pull(tagged("1.0")));
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
        assertThat(registry.requests().all("GET", "/token").get(0).parameters("scope"))
                .containsExactly("repository:group/app:pull,push", "repository:group/other:pull");
    }

    @Test
    void asksOncePerScopeWhereOnlyTheFirstIsHonoured() throws Exception {
        open(InMemoryRegistry.builder().bearer().with(Quirk.FIRST_SCOPE_ONLY));
        RegistryClient client = client(CI, Scope.pullAndPush("group/app"), Scope.pull("group/other"));
        for (int i = 0; i < 5; i++) {
            client.digestOf(tagged("1.0"));
            client.digestOf(other());
        }
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(2);
        assertThat(registry.requests().count(r -> r.status() == 401)).isEqualTo(2);
        assertThat(registry.requests().count()).isEqualTo(2 + 2 + 10);
    }

    @Test
    void renewsATokenBeforeItExpires() throws Exception {
        open(InMemoryRegistry.builder().bearer().tokenLifetime(Duration.ofMinutes(5)));
        RegistryClient client = client(CI);
        client.digestOf(tagged("1.0"));
        network.time().advance(Duration.ofSeconds(269));
        client.digestOf(tagged("1.0"));
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
        network.time().advance(Duration.ofSeconds(2));
        client.digestOf(tagged("1.0"));
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(2);
        assertThat(registry.requests().count(r -> r.status() == 401)).isEqualTo(1);
    }

    @Test
    void renewsATokenThatBecameWorthlessEarlyWithAllItsScopes() throws Exception {
        open(InMemoryRegistry.builder().bearer());
        RegistryClient client = client(CI, Scope.pullAndPush("group/app"), Scope.pull("group/other"));
        client.digestOf(tagged("1.0"));
        registry.expireTokens();
        registry.requests().clear();
        client.digestOf(tagged("1.0"));
        client.digestOf(other());
        assertThat(lines()).containsExactly("HEAD 1.0 401", "GET token 200", "HEAD 1.0 200", "HEAD 1.0 200");
    }

    @Test
    void namesTheMissingRightAndDoesNotAskForEver() throws Exception {
        open(InMemoryRegistry.builder().bearer().allow("ci", "group/app", "pull"));
        RegistryClient client = client(CI, Scope.pullAndPush("group/app"));
        var manifest = client.pull(tagged("1.0"));
        assertThatThrownBy(() -> client.push(tagged("1.0"), manifest))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("Cannot store " + tagged("1.0"))
                .hasMessageContaining("'ci'")
                .hasMessageContaining("may pull and push on group/app");
        assertThat(registry.requests().count("PUT", ".*")).isLessThanOrEqualTo(2);
    }

    @Test
    void endsALoopOfRefusals() throws Exception {
        open(InMemoryRegistry.builder().bearer());
        for (String error : List.of("", ",error=\"invalid_token\"", ",error=\"insufficient_scope\"", ",error=\"x\"")) {
            registry.clearFaults();
            registry.onRequest(
                    r -> r.path().contains("/manifests/"),
                    Fault.status(401)
                            .header("WWW-Authenticate", "Bearer realm=\"" + registry.uri() + "/token\"" + error)
                            .always());
            registry.requests().clear();
            RegistryClient client = client(CI, Scope.pull("group/app"), Scope.pull("group/other"));
            assertThatThrownBy(() -> client.digestOf(tagged("1.0"))).isInstanceOf(UnauthorizedException.class);
            assertThat(registry.requests().count())
                    .as(registry.requests().summary())
                    .isLessThanOrEqualTo(7);
        }
        assertThat(network.notices()).isEmpty();
    }

    @Test
    void explains403() throws Exception {
        open(InMemoryRegistry.builder().basic().allow("ci", "group/other", "pull"));
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("it answered 403")
                .hasMessageContaining("may pull on group/app");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void explainsAWrongPassword(boolean bearer) {
        open(
                bearer
                        ? InMemoryRegistry.builder().bearer()
                        : InMemoryRegistry.builder().basic());
        assertThatThrownBy(() -> client(new Basic("ci", "wrong-marked")).digestOf(tagged("1.0")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("401")
                .hasMessageContaining("check the password")
                .hasMessageContaining("'ci'")
                .hasMessageNotContaining("wrong-marked");
        assertThat(registry.requests().count()).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksForCredentialsWhereThereAreNone(boolean bearer) {
        open(
                bearer
                        ? InMemoryRegistry.builder().bearer()
                        : InMemoryRegistry.builder().basic());
        assertThatThrownBy(() -> client(RegistryAuthentication.ANONYMOUS).digestOf(tagged("1.0")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("credentialsId")
                .hasMessageContaining("may pull on group/app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\r\\nX-Evil: 1", "a\\u0000", "a b", "\\u00e4"})
    void refusesTokensThatCouldBreakOutOfAHeader(String token) {
        open(InMemoryRegistry.builder().bearer());
        registry.onRequest(
                RecordedRequest.matching("/token"),
                Fault.replaceBody("{\"token\":\"" + token + "\"}").always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("contains an invalid token");
        assertThat(registry.requests().count(r -> r.header("X-Evil").isPresent()))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "", "<html>", "{\"token\":null}", "{\"token\":\"\"}", "{\"token\":{}}"})
    void explainsAnAnswerWithoutToken(String body) {
        open(InMemoryRegistry.builder().bearer());
        registry.onRequest(
                RecordedRequest.matching("/token"), Fault.replaceBody(body).always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(" (repository:group/app:pull) on ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "0", "1", "99999999999999999", "\"300\"", "null", "\"x\""})
    void takesAnyLifetime(String lifetime) throws Exception {
        open(InMemoryRegistry.builder());
        registry.onRequest(
                r -> r.authorization().isEmpty() && r.path().contains("manifests"),
                Fault.status(401)
                        .header("WWW-Authenticate", "Bearer realm=\"" + registry.uri() + "/issue\"")
                        .always());
        registry.onRequest(
                RecordedRequest.matching("/issue"),
                Fault.status(200)
                        .body("{\"token\":\"t\",\"expires_in\":" + lifetime + "}")
                        .always());
        assertThat(client(CI).digestOf(tagged("1.0"))).isPresent();
    }

    @Test
    void refusesATokenServiceThatSendsTooMuch() {
        open(InMemoryRegistry.builder().bearer());
        registry.onRequest(
                RecordedRequest.matching("/token"), Fault.replaceBody("{\"token\":\"" + "x".repeat(70_000) + "\"}"));
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0"))).hasMessageContaining("larger than");
    }

    @Test
    void asksForOneTokenWhenManyCallsNeedItAtOnce() throws Exception {
        open(InMemoryRegistry.builder().bearer());
        RegistryClient client = client(CI);
        client.digestOf(tagged("1.0"));
        registry.expireTokens();
        registry.requests().clear();
        var digests = Parallel.all(Collections.nCopies(16, () -> client.digestOf(tagged("1.0"))), 16);
        assertThat(digests).hasSize(16);
        assertThat(Set.copyOf(digests)).hasSize(1);
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
    }
}
