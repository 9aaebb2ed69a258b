package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests how the client detects whether a real registry on the local host uses TLS. */
class RegistryClientIT {

    @BeforeAll
    static void needsTheRegistry() {
        DockerRegistryProcess.assumeAvailable(RegistryClientIT.class);
    }

    @Test
    void findsTheSchemeOfARegistryOnThisMachine() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        try (DockerRegistryProcess plain = DockerRegistryProcess.builder().start();
                DockerRegistryProcess tls =
                        DockerRegistryProcess.builder().tls(certificates).start()) {
            ImageName image = ImageName.parse(plain.host() + "/group/app");
            RegistryClient client =
                    RegistryClient.open(image, RegistryAuthentication.ANONYMOUS, Set.of(), new TestNetwork().context());
            assertThat(client.digestOf(ImageReference.tagged(image, Tag.LATEST)))
                    .isEmpty();

            ImageName other = ImageName.parse(tls.host() + "/group/app");
            assertThatThrownBy(() -> RegistryClient.open(
                                    other, RegistryAuthentication.ANONYMOUS, Set.of(), new TestNetwork().context())
                            .digestOf(ImageReference.tagged(other, Tag.LATEST)))
                    .hasMessageContaining("its TLS certificate or protocol is not accepted");
        }
    }

    @Test
    void saysThatARegistrySpeaksNoTls() throws Exception {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            ImageName image = ImageName.parse(registry.host() + "/group/app");
            TestNetwork network = new TestNetwork()
                    .and(new RegistryLocation(
                            registry.host(),
                            URI.create("https://" + registry.host()),
                            URI.create("https://" + registry.host()),
                            ""));
            assertThatThrownBy(() -> RegistryClient.open(
                                    image, RegistryAuthentication.ANONYMOUS, Set.of(), network.context())
                            .digestOf(ImageReference.tagged(image, Tag.LATEST)))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("does not support TLS; to use plain http, an administrator can set"
                            + " its http:// address in Manage Jenkins » System » Docker Image Promotion");
            assertThat(network.notices()).isEmpty();
        }
    }
}
