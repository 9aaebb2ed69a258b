package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryBlobServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Only the registry is an allowed host. It refers to another server in every possible way, and no request must reach
 * that server.
 */
class AllowedHostsTest extends ClientTest {

    private static final Basic CI = new Basic("ci", "secret");
    private static final TestImage IMAGE = TestImage.docker(1);

    private InMemoryBlobServer other;

    @BeforeEach
    void startTheOtherServer() {
        other = InMemoryBlobServer.start();
    }

    @AfterEach
    void close() {
        other.close();
    }

    private void open(InMemoryRegistry.Builder builder) {
        start(builder.user("ci", "secret"));
        registry.push("group/app", "1.0", IMAGE);
        registry.tag("group/app", "1.1", "1.0");
        network.allowing(registry);
    }

    private static Descriptor blob() {
        var entry = IMAGE.blobs().entrySet().iterator().next();
        return new Descriptor("", Digest.parse(entry.getKey()), entry.getValue().size(), "");
    }

    private static void assertRefused(HttpTestServer server, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot ")
                .hasMessageContaining(server.uri() + " is not among the allowed registry hosts")
                .hasMessageNotContaining("\n");
        assertThat(server.requests().count()).isZero();
    }

    @Test
    void holdForARedirect() {
        open(InMemoryRegistry.builder());
        registry.onRequest(
                r -> r.path().contains("/manifests/"),
                Fault.status(307).header("Location", other.uri() + "/v2/").always());
        assertRefused(other, () -> client(CI).pull(tagged("1.0")));
    }

    @Test
    void holdForATokenService() {
        open(InMemoryRegistry.builder().bearer().tokensOnOtherOrigin());
        assertRefused(registry.tokenServer(), () -> client(CI).pull(tagged("1.0")));
    }

    @Test
    void letATokenServiceBeUsedThatIsListed() throws Exception {
        open(InMemoryRegistry.builder().bearer().tokensOnOtherOrigin());
        network.allowing(registry, registry.tokenServer());
        assertThat(client(CI).pull(tagged("1.0")).digest()).hasToString(IMAGE.digest());
    }

    @Test
    void holdForTheStorageOfBlobs() throws Exception {
        open(InMemoryRegistry.builder().bearer().redirectBlobsTo(other));
        assertRefused(other, () -> client(CI).pullBlob(image("app"), blob(), in -> {}));

        network.allowing(registry, other);
        AtomicLong read = new AtomicLong();
        client(CI).pullBlob(image("app"), blob(), in -> read.set(in.readAllBytes().length));
        assertThat(read).hasValue(blob().size());
    }

    @Test
    void holdForAnUploadThatIsToGoElsewhere() throws Exception {
        open(InMemoryRegistry.builder());
        registry.onRequest(
                r -> r.method().equals("POST"),
                Fault.status(202)
                        .header("Location", other.uri() + "/upload?x=1")
                        .always());
        ImageName target = ImageName.parse(registry.host() + "/group/copy");
        URI mounted = client(CI).mount(target, blob().digest(), image("app")).orElseThrow();
        URI started = client(CI).startUpload(target, blob().digest()).orElseThrow();

        for (URI location : List.of(mounted, started)) {
            byte[] content = new byte[(int) blob().size()];
            assertRefused(other, () -> client(CI).upload(target, blob(), location, new ByteArrayInputStream(content)));
            assertRefused(other, () -> client(CI).cancelUpload(target, location));
        }
    }
}
