package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

class TestCertificatesTest {

    @Test
    void servesHttpsToThoseWhoTrustTheAuthority() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().tls(certificates.serverContext()).start()) {
            URI byName = URI.create("https://localhost:" + registry.uri().getPort());

            assertThat(TestHttp.to(registry.uri(), certificates.clientContext()).status("GET", "/v2/"))
                    .isEqualTo(200);
            assertThat(TestHttp.to(byName, certificates.clientContext()).status("GET", "/v2/"))
                    .isEqualTo(200);
            assertThatThrownBy(() -> TestHttp.to(registry.uri()).get("/v2/")).isInstanceOf(SSLException.class);
        }
    }
}
