package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.registry.http.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubLoginTest {

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .user("ci", "pass\"word\\é")
            .accessToken("technolog", "organisation-token")
            .twoFactorUser("careful", "marked-secret")
            .start();
    private final TestNetwork network = TestNetwork.of(hub);

    @AfterEach
    void close() {
        hub.close();
    }

    private String token(String name, String secret) throws RegistryException, InterruptedException {
        return DockerHubClient.token(new Basic(name, secret), network.context());
    }

    @Test
    void getsATokenForAPasswordWithOneRequest() throws Exception {
        assertThat(token("ci", "pass\"word\\é")).isNotEmpty();
        assertThat(hub.requests().count("POST", "/v2/auth/token")).isEqualTo(1);
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @Test
    void getsATokenForAnOrganisationsAccessToken() throws Exception {
        assertThat(token("technolog", "organisation-token")).isNotEmpty();
    }

    @Test
    void explainsTwoFactorLogin() {
        assertThatThrownBy(() -> token("careful", "marked-secret"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageStartingWith("Cannot get a token of 'careful' on ")
                .hasMessageContaining("two-factor login")
                .hasMessageContaining("access token")
                .hasMessageNotContaining("marked-secret");
    }

    @Test
    void explainsAWrongPassword() {
        assertThatThrownBy(() -> token("ci", "marked-secret"))
                .isInstanceOfSatisfying(
                        UnauthorizedException.class, e -> assertThat(e.status()).isEqualTo(401))
                .hasMessageContaining("do not match (401); check the credentials")
                .hasMessageNotContaining("marked-secret");
        assertThat(hub.requests().count()).isEqualTo(1);
    }

    @Test
    void explainsARefusalThatIsNoJson() {
        hub.onRequest(r -> true, Fault.status(401).body("<html>who are you?</html>"));
        assertThatThrownBy(() -> token("ci", "marked-secret"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("do not match (401)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"access_token\":\"\"}", "{\"access_token\":\"a\\r\\nb\"}", "{\"access_token\":7}", "[]"
            })
    void refusesAnAnswerWithoutAUsableToken(String body) {
        hub.onRequest(r -> true, Fault.status(200).body(body));
        assertThatThrownBy(() -> token("ci", "marked-secret"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("no token that can be used");
    }
}
