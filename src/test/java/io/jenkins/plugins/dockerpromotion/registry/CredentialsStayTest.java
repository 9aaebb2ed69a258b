package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryBlobServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a registry answers, the client sends credentials and tokens to no other origin. The other server here
 * records all requests.
 */
class CredentialsStayTest extends ClientTest {

    private static final Basic CI = new Basic("ci", "marked-secret");

    private InMemoryBlobServer other;

    @BeforeEach
    void startTheOtherServer() {
        other = InMemoryBlobServer.start();
    }

    @AfterEach
    void nothingReachedTheOtherServer() {
        assertThat(other.requests().all()).allSatisfy(r -> {
            assertThat(r.authorization()).isEmpty();
            assertThat(r.query()).doesNotContain("marked-secret", "account");
        });
        other.close();
    }

    private void open(InMemoryRegistry.Builder builder) {
        start(builder.user("ci", "marked-secret"));
        registry.push("group/app", "1.0", TestImage.docker(1));
    }

    private static Descriptor blob(TestImage image) {
        var entry = image.blobs().entrySet().iterator().next();
        return new Descriptor("", Digest.parse(entry.getKey()), entry.getValue().size(), "");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void downloadsABlobFromAStorageServiceWithoutShowingAnythingThere(boolean bearer) throws Exception {
        InMemoryRegistry.Builder builder = InMemoryRegistry.builder().redirectBlobsTo(other);
        open(bearer ? builder.bearer() : builder.basic());
        AtomicLong read = new AtomicLong();
        Descriptor blob = blob(TestImage.docker(1));
        client(CI).pullBlob(image("app"), blob, in -> read.set(in.readAllBytes().length));
        assertThat(read).hasValue(blob.size());
        assertThat(other.requests().count()).isEqualTo(1);
    }

    @Test
    void takesAStorageServicesChallengeForNoWordOfTheRegistry() throws Exception {
        open(InMemoryRegistry.builder().bearer().redirectBlobsTo(other));
        other.onRequest(
                r -> true,
                Fault.status(401)
                        .header("WWW-Authenticate", "Bearer realm=\"" + other.uri() + "/token\",service=\"x\"")
                        .always());
        assertThatThrownBy(() -> client(CI).pullBlob(image("app"), blob(TestImage.docker(1)), in -> {}))
                .isInstanceOf(UnauthorizedException.class);
        assertThat(other.requests().count()).isEqualTo(1);
        assertThat(registry.requests().count("GET", "/token")).isEqualTo(1);
    }

    @Test
    void doesNotFollowAPageToAnotherOrigin() throws Exception {
        open(InMemoryRegistry.builder().basic().maxPageSize(1).linksTo(other.uri()));
        registry.tag("group/app", "1.1", "1.0");
        List<Tag> tags = new ArrayList<>();
        list(client(CI), image("app"), listed -> tags.add(listed.tag()));
        assertThat(tags).containsExactly(new Tag("1.0"), new Tag("1.1"));
        assertThat(other.requests().count()).isZero();
    }

    @Test
    void doesNotGiveThePasswordToATokenServiceThatIsNotTheRegistrys() {
        start(InMemoryRegistry.builder()
                .tls(TestCertificates.shared().serverContext())
                .bearer()
                .realm("https://evil.test/token")
                .user("ci", "marked-secret"));
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("https://evil.test")
                .hasMessageContaining("credentials were not sent");
    }

    @Test
    void doesNotAskATokenServiceOverPlainHttpForATlsRegistry() {
        start(InMemoryRegistry.builder()
                .tls(TestCertificates.shared().serverContext())
                .bearer()
                .realm(other.uri() + "/token")
                .user("ci", "marked-secret"));
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("is not encrypted");
        assertThat(other.requests().count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not an address", "file:///etc/passwd", "/token", "ftp://127.0.0.1/", "https://"})
    void refusesRealmsThatAreNoAddress(String realm) {
        open(InMemoryRegistry.builder().bearer().realm(realm));
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("names no token service");
    }

    @Test
    void refusesToBeLedFromTlsToPlainHttp() {
        start(InMemoryRegistry.builder().tls(TestCertificates.shared().serverContext()));
        registry.onRequest(
                r -> true,
                Fault.status(307).header("Location", other.uri() + "/v2/").always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("is not encrypted; nothing was sent there");
        assertThat(other.requests().count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x", "http://", "http://a b", "javascript:x"
            })
    void followsNoRedirectToSomethingElseThanHttp(String location) {
        open(InMemoryRegistry.builder());
        registry.onRequest(
                r -> true, Fault.status(302).header("Location", location).always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("not an http or https address");
    }

    @Test
    void doesNotRunInCircles() {
        open(InMemoryRegistry.builder().basic());
        registry.onRequest(
                r -> r.authorization().isPresent(),
                Fault.status(302).header("Location", registry.uri() + "/v2/x").always());
        assertThatThrownBy(() -> client(CI).digestOf(tagged("1.0")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("redirected more than 5 times");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void sendsNoContentAlongARedirect(int status) {
        open(InMemoryRegistry.builder().basic());
        registry.onRequest(
                r -> r.method().equals("PUT") && r.authorization().isPresent(),
                Fault.status(status).header("Location", other.uri() + "/x").always());
        assertThatThrownBy(() -> {
                    RegistryClient client = client(CI);
                    client.push(tagged("1.0"), client.pull(tagged("1.0")));
                })
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it answered " + status);
        assertThat(other.requests().count()).isZero();
    }

    @Test
    void uploadsElsewhereWithoutShowingAnythingThere() throws Exception {
        open(InMemoryRegistry.builder().basic());
        URI elsewhere = URI.create(other.uri() + "/upload?signature=x");
        Descriptor blob = blob(TestImage.docker(1));
        assertThatThrownBy(() -> client(CI)
                        .upload(image("app"), blob, elsewhere, new ByteArrayInputStream(new byte[(int) blob.size()])))
                .isInstanceOf(RegistryException.class);
        assertThat(other.requests().count()).isEqualTo(1);
    }

    @Test
    void keepsAwayFromARegistryThatIsNotMarkedAsPlain() {
        open(InMemoryRegistry.builder().basic());
        network = new TestNetwork().and(RegistryLocation.usual("registry.invalid"));
        ImageName name = ImageName.parse("registry.invalid/group/app");
        assertThatThrownBy(() -> RegistryClient.open(name, CI, Set.of(), network.context())
                        .digestOf(ImageReference.tagged(name, Tag.LATEST)))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("on registry.invalid: the host name cannot be resolved");
    }
}
