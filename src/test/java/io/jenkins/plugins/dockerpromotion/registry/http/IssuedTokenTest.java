package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport.IssuedToken;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IssuedTokenTest {

    private static final Basic CI = new Basic("ci", "glpat-marked");
    private static final Scope ALL = Scope.of("group/app", "pull", "push", "delete");

    private InMemoryRegistry registry;

    @AfterEach
    void close() {
        registry.close();
    }

    private static InMemoryRegistry.Builder gitLab() {
        return InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .service("container_registry")
                .readableTokens()
                .user("ci", "glpat-marked");
    }

    private IssuedToken issue(RegistryAuthentication authentication, Set<Scope> scopes) throws Exception {
        return RegistryTransport.issueToken(
                registry.host(),
                authentication,
                scopes,
                TestNetwork.of(registry).context());
    }

    @Test
    void followsGitLabsWayToTheLetter() throws Exception {
        registry = gitLab().start();

        IssuedToken token = issue(CI, Set.of(ALL));

        assertThat(registry.requests().all()).extracting(RecordedRequest::path).containsExactly("/v2/", "/jwt/auth");
        RecordedRequest asked = registry.requests().last();
        assertThat(asked.parameters("client_id")).containsExactly("docker");
        assertThat(asked.parameters("service")).containsExactly("container_registry");
        assertThat(asked.parameters("scope")).containsExactly("repository:group/app:delete,pull,push");
        assertThat(asked.authorizationScheme()).contains("Basic");
        assertThat(asked.query()).doesNotContain("marked");
        assertThat(token.seconds()).isEqualTo(300);
        assertThat(token.confirmed()).isTrue();
    }

    @Test
    void givesATokenThatWorksForWhatItWasAskedFor() throws Exception {
        registry = gitLab().start();
        registry.push("group/app", "1.0", TestImage.docker(1));
        String token = issue(CI, Set.of(Scope.pull("group/app"))).value();

        assertThat(send(token, "GET", "/v2/group/app/tags/list")).isEqualTo(200);
        assertThat(send(token, "DELETE", "/v2/group/app/manifests/1.0")).isEqualTo(401);
    }

    private int send(String token, String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(registry.uri().resolve(path))
                                .header("Authorization", "Bearer " + token)
                                .method(method, HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void namesWhatTheServiceDoesNotGrant() {
        registry = gitLab().allow("ci", "group/*", "pull", "push").start();

        assertThatThrownBy(() -> issue(CI, Set.of(ALL)))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessage("Cannot get a token from " + registry.host()
                        + " for delete and pull and push on group/app: its token service does not grant delete, only pull and push; check that these credentials"
                        + " may delete there, or request fewer actions");
    }

    @Test
    void namesWhatNobodyMayWithoutCredentials() {
        registry = gitLab().publicRepository("group/*").start();

        assertThatThrownBy(() -> issue(RegistryAuthentication.ANONYMOUS, Set.of(Scope.pullAndPush("group/app"))))
                .hasMessageContaining("does not grant push, only pull; set credentialsId to credentials that may push");
    }

    @Test
    void asksForNoScopeWhereThereIsNoImage() throws Exception {
        registry = gitLab().start();

        IssuedToken token = issue(CI, Set.of());

        assertThat(registry.requests().last().parameters("scope")).isEmpty();
        assertThat(token.confirmed()).isFalse();
    }

    @Test
    void refusesAWrongPasswordWithoutShowingIt() {
        registry = gitLab().start();

        assertThatThrownBy(() -> issue(new Basic("ci", "wrong-marked"), Set.of(ALL)))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("check the password or access token of 'ci'")
                .hasMessageNotContaining("marked");
    }

    @Test
    void saysWhereThereAreNoTokens() {
        registry = InMemoryRegistry.builder().basic().user("ci", "glpat-marked").start();
        assertThatThrownBy(() -> issue(CI, Set.of(ALL)))
                .hasMessageContaining(
                        "the registry does not use tokens: it needs the username and password with each request");
        registry.close();

        registry = InMemoryRegistry.start();
        assertThatThrownBy(() -> issue(CI, Set.of(ALL)))
                .hasMessageContaining("the registry does not use tokens: it requires no login");
    }

    @Test
    void doesNotExchangeATokenForAToken() {
        registry = gitLab().start();
        assertThatThrownBy(() -> issue(new Bearer("marked"), Set.of(ALL)))
                .hasMessageContaining("the credentials are already an access token")
                .hasMessageNotContaining("marked");
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void readsWhatATokenSaysOfItself() {
        registry = InMemoryRegistry.start();
        String claims = "{\"access\":[{\"type\":\"repository\",\"name\":\"group/app\",\"actions\":[\"*\"]},"
                + "{\"type\":\"repository\",\"name\":\"other\",\"actions\":[\"pull\",7]},{\"type\":\"x\",\"name\":\"n\"}]}";
        RegistryTransport.TokenGrant grant = RegistryTransport.TokenGrant.of("e30." + base64(claims) + ".sig")
                .orElseThrow();
        assertThat(grant.missing(ALL)).isEmpty();
        assertThat(grant.missing(Scope.pullAndPush("other"))).containsExactly("push");
        assertThat(grant.missing(Scope.of("other", "*"))).containsExactly("delete", "push");
        assertThat(grant.missing(Scope.pull("n"))).containsExactly("pull");

        for (String opaque : List.of("", "abc", "a.b", "a.b.c", "e30." + base64("{}") + ".s", "e30.!!.s", "...")) {
            assertThat(RegistryTransport.TokenGrant.of(opaque)).as(opaque).isEmpty();
        }
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes());
    }

    @Test
    void takesATokenThatDoesNotTellWhatItAllows() throws Exception {
        registry =
                InMemoryRegistry.builder().bearer().user("ci", "glpat-marked").start();
        assertThat(issue(CI, Set.of(ALL)).confirmed()).isFalse();
    }

    @Test
    void doesNotShowTheTokenInATextOfIt() throws Exception {
        registry = gitLab().start();
        IssuedToken token = issue(CI, Set.of(ALL));
        assertThat(token.toString()).doesNotContain(token.value());
    }
}
