package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TlsTest extends ClientTest {

    TlsTest() {
        super(InMemoryRegistry.builder()
                .tls(TestCertificates.shared().serverContext())
                .bearer()
                .user("ci", "secret"));
        registry.push("group/app", "1.0", TestImage.docker(1));
    }

    private Optional<Digest> digest() throws RegistryException, InterruptedException {
        return client(new Basic("ci", "secret")).digestOf(tagged("1.0"));
    }

    @Test
    void trustsTheAuthorityThatTheRegistryIsConfiguredWith() throws Exception {
        assertThat(digest()).isPresent();
    }

    @Test
    void trustsNoOtherAuthority() {
        network = new TestNetwork().and(new RegistryLocation(registry.host(), registry.uri(), registry.uri(), ""));
        assertThatThrownBy(this::digest)
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.isTemporary()).isFalse())
                .hasMessageContaining("its TLS certificate or protocol is not accepted")
                .hasMessageEndingWith("; an administrator can set its certificate authority in"
                        + " Manage Jenkins » System » Docker Image Promotion");
        assertThat(network.notices()).isEmpty();
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void saysThatAConfiguredAuthorityIsNone() {
        network = new TestNetwork()
                .and(new RegistryLocation(registry.host(), registry.uri(), registry.uri(), "no certificate"));
        assertThatThrownBy(this::client).hasMessageContaining("certificate authority");
    }
}
