package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests mounting, pulling, uploading and checking blobs. */
class BlobEndpointsTest extends ClientTest {

    private static final TestImage IMAGE = TestImage.docker(1).withLayers(300_000);
    private static final Content LAYER = List.copyOf(IMAGE.blobs().values()).get(1);
    private static final Descriptor BLOB = new Descriptor("", Digest.parse(LAYER.digest()), LAYER.size(), "");

    private RegistryClient client;

    BlobEndpointsTest() throws Exception {
        client = open(InMemoryRegistry.builder(), RegistryAuthentication.ANONYMOUS);
    }

    private RegistryClient open(
            InMemoryRegistry.Builder builder, RegistryAuthentication authentication, Scope... scopes)
            throws RegistryException, InterruptedException {
        start(builder);
        registry.push("group/source", "1.0", IMAGE);
        registry.createRepository("group/target");
        return client(authentication, scopes);
    }

    private URI upload() throws RegistryException, InterruptedException {
        return client.startUpload(image("target"), BLOB.digest()).orElseThrow();
    }

    private byte[] read(Descriptor blob) throws RegistryException, InterruptedException {
        AtomicReference<byte[]> bytes = new AtomicReference<>();
        client.pullBlob(image("source"), blob, in -> bytes.set(in.readAllBytes()));
        return bytes.get();
    }

    @Test
    void mountsWithOneRequestAndNoBytes() throws Exception {
        assertThat(client.mount(image("target"), BLOB.digest(), image("source")))
                .isEmpty();
        assertThat(client.hasBlob(image("target"), BLOB.digest())).isTrue();
        assertThat(registry.requests().count()).isEqualTo(2);
        assertThat(registry.requests().blobBytesDown() + registry.requests().blobBytesUp())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void uploadsWhereARegistryDoesNotMount(boolean relative) throws Exception {
        InMemoryRegistry.Builder builder = InMemoryRegistry.builder().with(Quirk.NO_MOUNT);
        client = open(
                relative ? builder.with(Quirk.RELATIVE_UPLOAD_LOCATION) : builder, RegistryAuthentication.ANONYMOUS);
        URI upload =
                client.mount(image("target"), BLOB.digest(), image("source")).orElseThrow();
        client.upload(image("target"), BLOB, upload, LAYER.open());
        assertThat(registry.hasBlob("group/target", LAYER.digest())).isTrue();
        assertThat(registry.requests().blobBytesUp()).isEqualTo(LAYER.size());
        assertThat(registry.openUploads()).isZero();
    }

    @Test
    void uploadsWhereTheSourceMayNotBeReadWithThisCredential() throws Exception {
        client = open(
                InMemoryRegistry.builder()
                        .bearer()
                        .with(Quirk.MOUNT_CHALLENGES_FOR_SOURCE)
                        .user("ci", "secret")
                        .allow("ci", "group/target", "pull", "push"),
                new Basic("ci", "secret"),
                Scope.pullAndPush("group/target"),
                Scope.pull("group/source"));
        assertThat(client.mount(image("target"), BLOB.digest(), image("source")))
                .isPresent();
    }

    @Test
    void streamsFromOneRepositoryToAnother() throws Exception {
        URI upload = upload();
        client.pullBlob(image("source"), BLOB, in -> client.upload(image("target"), BLOB, upload, in));
        assertThat(registry.hasBlob("group/target", LAYER.digest())).isTrue();
        assertThat(registry.requests().blobBytesDown()).isEqualTo(LAYER.size());
    }

    @Test
    void uploadsAnEmptyBlob() throws Exception {
        Descriptor empty = new Descriptor("", Digest.sha256(new byte[0]), 0, "");
        URI upload = client.startUpload(image("target"), empty.digest()).orElseThrow();
        client.upload(image("target"), empty, upload, new ByteArrayInputStream(new byte[0]));
        assertThat(registry.hasBlob("group/target", empty.digest().toString())).isTrue();
        assertThat(client.hasBlob(image("target"), BLOB.digest())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {299_999, 300_001, 0})
    void refusesAStreamOfAnotherLength(int length) throws Exception {
        URI upload = upload();
        assertThatThrownBy(
                        () -> client.upload(image("target"), BLOB, upload, new ByteArrayInputStream(new byte[length])))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot upload the blob ");
        assertThat(registry.hasBlob("group/target", LAYER.digest())).isFalse();
    }

    @Test
    void passesOnThatTheRegistryFoundAnotherDigest() throws Exception {
        URI upload = upload();
        assertThatThrownBy(
                        () -> client.upload(image("target"), BLOB, upload, new ByteArrayInputStream(new byte[300_000])))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.codes()).containsExactly("DIGEST_INVALID"));
    }

    @Test
    void doesNotSendABodyTwice() throws Exception {
        URI upload = upload();
        registry.onRequest(r -> r.method().equals("PUT"), Fault.status(503));
        assertThatThrownBy(() -> client.upload(image("target"), BLOB, upload, LAYER.open()))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.isTemporary()).isTrue());
        assertThat(registry.requests().count("PUT", ".*")).isEqualTo(1);
    }

    @Test
    void givesUpAnUpload() throws Exception {
        client.cancelUpload(image("target"), upload());
        assertThat(registry.openUploads()).isZero();
    }

    @Test
    void refusesABlobOfAnotherAnnouncedLength() throws Exception {
        registry.onRequest(r -> true, Fault.truncateBody(1000));
        assertThatThrownBy(() -> read(BLOB))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("it has 1000 bytes, but its manifest says 300000");
    }

    @Test
    void refusesABlobOfOtherBytes() throws Exception {
        registry.onRequest(r -> true, Fault.replaceBody(new byte[300_000]));
        assertThatThrownBy(() -> read(BLOB))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith(
                        "Cannot read the blob " + BLOB.digest().abbreviated() + " of " + image("source"))
                .hasMessageContaining("its content does not match its digest");
    }

    @Test
    void uploadsNothingOfOtherBytesAndSaysWhereTheyCameFrom() throws Exception {
        URI upload = upload();
        registry.onRequest(RecordedRequest.matching("GET", ".*"), Fault.replaceBody(new byte[300_000]));
        assertThatThrownBy(() ->
                        client.pullBlob(image("source"), BLOB, in -> client.upload(image("target"), BLOB, upload, in)))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot read the blob ");
        assertThat(registry.hasBlob("group/target", LAYER.digest())).isFalse();
    }

    @Test
    void saysWhichSideBrokeOff() throws Exception {
        URI upload = upload();
        registry.onRequest(
                RecordedRequest.matching("GET", ".*"), Fault.closeMidBody().always());
        assertThatThrownBy(() ->
                        client.pullBlob(image("source"), BLOB, in -> client.upload(image("target"), BLOB, upload, in)))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.isTemporary()).isTrue())
                .hasMessageStartingWith("Cannot read the blob ")
                .hasMessageContaining("the connection broke in the middle of the answer");
        assertThat(registry.requests().count("GET", ".*")).isEqualTo(1);
    }

    @Test
    void asksASinkOnceOnly() throws Exception {
        registry.onRequest(RecordedRequest.matching("GET", ".*"), Fault.status(503));
        registry.onRequest(
                RecordedRequest.matching("GET", ".*"), Fault.closeMidBody().always());
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(() -> client.pullBlob(image("source"), BLOB, in -> {
                    calls.incrementAndGet();
                    in.readAllBytes();
                }))
                .isInstanceOf(RegistryException.class);
        assertThat(calls).hasValue(1);
        assertThat(registry.requests().count()).isEqualTo(2);
    }

    @Test
    void saysThatAnUploadHasNoPlace() throws Exception {
        registry.onRequest(r -> true, Fault.removeHeader("Location"));
        assertThatThrownBy(() -> client.startUpload(image("target"), BLOB.digest()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("has no header Location");
    }
}
