package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsTest {

    private final InMemoryRegistry registry = InMemoryRegistry.builder()
            .tls(TestCertificates.shared().serverContext())
            .bearer()
            .user("ci", "secret")
            .start();

    TlsTest() {
        registry.push("group/app", "1.0", TestImage.docker(1));
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private Optional<Digest> digest(String host, TestNetwork network) throws RegistryException, InterruptedException {
        ImageName image = ImageName.parse(host + "/group/app");
        return RegistryClient.open(image, new Basic("ci", "secret"), Set.of(), network.context())
                .digestOf(ImageReference.tagged(image, new Tag("1.0")));
    }

    @Test
    void trustsTheAuthorityThatTheRegistryIsConfiguredWith() throws Exception {
        assertThat(digest(registry.host(), TestNetwork.of(registry))).isPresent();
    }

    @Test
    void trustsNoOtherAuthority() {
        TestNetwork network =
                new TestNetwork().and(new RegistryLocation(registry.host(), registry.uri(), registry.uri(), ""));
        assertThatThrownBy(() -> digest(registry.host(), network))
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
    void refusesACertificateForAnotherHost() throws Exception {
        InetAddress otherAddress = InetAddress.getByName("127.0.0.2");
        try (ServerSocket server = TestCertificates.shared()
                .serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 5, otherAddress)) {
            Thread handshakes = new Thread(() -> shakeHands(server));
            handshakes.setDaemon(true);
            handshakes.start();
            String host = "127.0.0.2:" + server.getLocalPort();
            URI address = URI.create("https://" + host);
            TestNetwork network =
                    new TestNetwork().and(new RegistryLocation(host, address, address, TestNetwork.testAuthority()));
            assertThatThrownBy(() -> digest(host, network))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("its TLS certificate or protocol is not accepted")
                    .hasMessageContaining("127.0.0.2")
                    .hasMessageNotContaining("authority");
            assertThat(network.notices()).isEmpty();
        }
    }

    private static void shakeHands(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read();
            } catch (IOException e) {
                // The client refuses, or the test is over.
            }
        }
    }

    @Test
    void saysThatAConfiguredAuthorityIsNone() {
        TestNetwork network = new TestNetwork()
                .and(new RegistryLocation(registry.host(), registry.uri(), registry.uri(), "no certificate"));
        ImageName image = ImageName.parse(registry.host() + "/group/app");
        assertThatThrownBy(
                        () -> RegistryClient.open(image, RegistryAuthentication.ANONYMOUS, Set.of(), network.context()))
                .hasMessageContaining("certificate authority");
    }
}
