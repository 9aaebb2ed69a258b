package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DockerRegistryProcessIT {

    private static final String TAG = "/v2/group/app/manifests/1.0";

    @BeforeAll
    static void needsTheRegistry() {
        DockerRegistryProcess.assumeAvailable(DockerRegistryProcessIT.class);
    }

    @Test
    void storesManifestsByteForByte() throws IOException {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            TestHttp http = TestHttp.to(registry.uri());
            for (TestImage image : new TestImage[] {
                TestImage.docker(1).withLayout(JsonLayout.ODD),
                TestImage.oci(2),
                TestImage.ociIndex(TestImage.oci(3), TestImage.oci(4).withPlatform("linux", "arm64", "v8")),
                TestImage.dockerList(TestImage.docker(5))
            }) {
                http.push("group/app", "1.0", image);

                HttpResponse<byte[]> got =
                        http.with("Accept", MediaTypes.ALL_MANIFESTS).get(TAG);
                assertThat(got.body()).isEqualTo(image.bytes());
                assertThat(TestHttp.header(got, "Docker-Content-Digest")).isEqualTo(image.digest());
                assertThat(TestHttp.header(got, "Content-Type")).isEqualTo(image.mediaType());
            }
        }
    }

    @Test
    void deletesOnlyWhereSwitchedOn() throws IOException {
        TestImage image = TestImage.docker(1);
        String manifest = "/v2/group/app/manifests/" + image.digest();
        try (DockerRegistryProcess off = DockerRegistryProcess.builder().start();
                DockerRegistryProcess on =
                        DockerRegistryProcess.builder().deletes().start()) {
            TestHttp.to(off.uri()).push("group/app", "1.0", image);
            TestHttp.to(on.uri()).push("group/app", "1.0", image);

            assertThat(TestHttp.to(off.uri()).status("DELETE", manifest)).isEqualTo(405);
            assertThat(TestHttp.to(on.uri()).status("DELETE", manifest)).isEqualTo(202);
        }
    }

    @Test
    void asksForThePassword() throws IOException {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().htpasswd().start()) {
            TestHttp http = TestHttp.to(registry.uri());

            HttpResponse<byte[]> refused = http.get("/v2/");
            assertThat(TestHttp.header(refused, "WWW-Authenticate")).startsWith("Basic realm=");
            assertThat(http.basic("test", "wrong").status("GET", "/v2/")).isEqualTo(401);
            assertThat(http.basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD)
                            .status("GET", "/v2/"))
                    .isEqualTo(200);
        }
    }

    @Test
    void takesSignedTokens() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        for (JwtSigner signer : new JwtSigner[] {certificates.signer(), certificates.signerWithKeyId()}) {
            AccessRules access = new AccessRules()
                    .user("ci", "secret")
                    .user("reader", "secret")
                    .allow("reader", "*", "pull");
            try (TokenServer tokens = TokenServer.signing(access, signer);
                    DockerRegistryProcess registry =
                            DockerRegistryProcess.builder().tokens(tokens).start()) {
                TestHttp http = TestHttp.to(registry.uri());
                String challenge = TestHttp.header(http.get(TAG), "WWW-Authenticate");
                assertThat(challenge).contains("realm=\"" + tokens.uri() + "/token\"", "repository:group/app:pull");

                http.bearer(token(tokens, "ci", "pull,push")).push("group/app", "1.0", TestImage.docker(1));

                TestHttp reader = http.bearer(token(tokens, "reader", "pull,push"));
                assertThat(reader.with("Accept", MediaTypes.ALL_MANIFESTS).status("GET", TAG))
                        .isEqualTo(200);
                assertThat(TestHttp.header(reader.send("POST", "/v2/group/app/blobs/uploads/"), "WWW-Authenticate"))
                        .contains("insufficient_scope");
            }
        }
    }

    @Test
    void servesTlsUnderTheTestAuthority() throws IOException {
        TestCertificates certificates = TestCertificates.shared();
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().tls(certificates).start()) {
            assertThat(registry.uri()).hasScheme("https");
            assertThat(TestHttp.to(registry.uri(), certificates.clientContext()).status("GET", "/v2/"))
                    .isEqualTo(200);
            assertThatThrownBy(() -> TestHttp.to(registry.uri()).get("/v2/")).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void refusesWhatTheInMemoryRegistryRefuses() throws IOException {
        TestImage orphan = TestImage.docker(1);
        TestImage index = TestImage.ociIndex(TestImage.oci(1));
        try (DockerRegistryProcess real = DockerRegistryProcess.builder().start();
                InMemoryRegistry memory = InMemoryRegistry.start()) {
            for (TestImage image : new TestImage[] {orphan, index}) {
                HttpResponse<byte[]> expected = put(TestHttp.to(real.uri()), image);
                HttpResponse<byte[]> actual = put(TestHttp.to(memory.uri()), image);

                assertThat(actual.statusCode())
                        .as(new String(expected.body(), StandardCharsets.UTF_8))
                        .isEqualTo(expected.statusCode());
                assertThat(code(actual)).isEqualTo(code(expected));
            }
        }
    }

    @Test
    void sendsWhatTheInMemoryRegistrySends() throws IOException {
        TestImage docker = TestImage.docker(1);
        TestImage list = TestImage.dockerList(docker);
        TestImage oci = TestImage.oci(1);
        try (DockerRegistryProcess real = DockerRegistryProcess.builder().start();
                InMemoryRegistry memory =
                        InMemoryRegistry.builder().with(Quirk.HONOURS_ACCEPT).start()) {
            for (TestImage image : new TestImage[] {docker, list, oci}) {
                TestHttp.to(real.uri()).push("group/app", "1.0", image);
                TestHttp.to(memory.uri()).push("group/app", "1.0", image);
                for (String accepted : new String[] {MediaTypes.DOCKER_MANIFEST, MediaTypes.ALL_MANIFESTS}) {
                    HttpResponse<byte[]> expected =
                            TestHttp.to(real.uri()).with("Accept", accepted).get(TAG);
                    HttpResponse<byte[]> actual =
                            TestHttp.to(memory.uri()).with("Accept", accepted).get(TAG);

                    assertThat(actual.statusCode()).isEqualTo(expected.statusCode());
                    assertThat(code(actual)).isEqualTo(code(expected));
                    assertThat(TestHttp.header(actual, "Docker-Content-Digest"))
                            .isEqualTo(TestHttp.header(expected, "Docker-Content-Digest"));
                }
            }
        }
    }

    private static HttpResponse<byte[]> put(TestHttp http, TestImage image) throws IOException {
        return http.with("Content-Type", image.mediaType()).send("PUT", TAG, image.bytes());
    }

    private static String code(HttpResponse<byte[]> response) {
        return Json.parse(response.body()).at("/errors/0/code").asText();
    }

    private static String token(TokenServer tokens, String user, String actions) throws IOException {
        return TestHttp.to(tokens.uri())
                .basic(user, "secret")
                .json("/token?service=" + DockerRegistryBuilder.SERVICE + "&scope=repository:group/app:" + actions)
                .get("token")
                .asText();
    }
}
