package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.registry.http.TokenIssuer;
import io.jenkins.plugins.dockerpromotion.registry.http.TokenIssuer.IssuedToken;
import io.jenkins.plugins.dockerpromotion.testing.AccessRules;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.JsonLayout;
import io.jenkins.plugins.dockerpromotion.testing.Skopeo;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.testing.TokenServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client against the CNCF registry itself, in each of its modes. */
class RegistryClientIT {

    private static final Basic TEST = new Basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);
    private static final List<TestImage> IMAGES = List.of(
            TestImage.docker(1).withLayout(JsonLayout.ODD),
            TestImage.oci(2),
            TestImage.dockerList(TestImage.docker(3), TestImage.docker(4).withPlatform("linux", "arm64")),
            TestImage.ociIndex(TestImage.oci(5), TestImage.oci(6).withPlatform("linux", "arm", "v7")));

    @BeforeAll
    static void needsTheRegistry() {
        DockerRegistryProcess.assumeAvailable(RegistryClientIT.class);
    }

    /** One registry in one mode, as one user. */
    private record Site(DockerRegistryProcess registry, RegistryAuthentication user, String authority) {

        ImageReference image(String path, String tag) {
            return ImageReference.tagged(name(path), new Tag(tag));
        }

        ImageName name(String path) {
            return ImageName.parse(registry.host() + "/" + path);
        }

        RegistryClient client() throws RegistryException, InterruptedException {
            RegistryLocation location =
                    new RegistryLocation(registry.host(), registry.uri(), registry.uri(), authority);
            Set<Scope> scopes =
                    new LinkedHashSet<>(List.of(Scope.pullAndPush("group/target"), Scope.pull("group/app")));
            return RegistryClient.open(
                    name("group/app"),
                    user,
                    scopes,
                    new TestNetwork().and(location).context());
        }

        Skopeo skopeo() {
            return user instanceof Basic basic
                    ? Skopeo.ANONYMOUS.basic(basic.username(), basic.password())
                    : Skopeo.ANONYMOUS;
        }

        /** Stores an image with all it refers to, as docker would. */
        void push(String path, String tag, TestImage image)
                throws RegistryException, InterruptedException, IOException {
            RegistryClient client = client();
            for (TestImage child : image.children()) {
                push(path, "child", child);
            }
            for (Content blob : image.blobs().values()) {
                Descriptor descriptor = new Descriptor("", Digest.parse(blob.digest()), blob.size(), "");
                if (!client.hasBlob(name(path), descriptor.digest())) {
                    try (InputStream in = blob.open()) {
                        client.upload(
                                name(path),
                                descriptor,
                                client.startUpload(name(path), descriptor.digest())
                                        .orElseThrow(),
                                in);
                    }
                }
            }
            client.push(image(path, tag), Manifest.parse(image.bytes(), image.mediaType()));
        }
    }

    private static void findsAndCopies(Site site) throws Exception {
        RegistryClient client = site.client();
        for (TestImage image : IMAGES) {
            site.push("group/app", "1.0", image);
            assertThat(client.digestOf(site.image("group/app", "1.0"))).contains(Digest.parse(image.digest()));

            ImageInfo info = ImageInspector.of(client).inspect(site.image("group/app", "1.0"));
            assertThat(info.digest()).isEqualTo(image.digest());
            assertThat(info.mediaType()).isEqualTo(image.mediaType());
            assertThat(info.platforms()).hasSize(Math.max(1, image.children().size()));
            assertThat(info.created()).isPresent();

            Manifest manifest = client.pull(site.image("group/app", "1.0"));
            assertThat(manifest.bytes()).isEqualTo(image.bytes());
            assertThat(manifest.mediaType()).isEqualTo(image.mediaType());
            client.push(site.image("group/app", "1.0-rc"), manifest);
            copy(site, client, manifest);
            client.push(site.image("group/target", "1.0"), manifest);

            for (ImageReference copy : List.of(site.image("group/app", "1.0-rc"), site.image("group/target", "1.0"))) {
                assertThat(client.digestOf(copy)).contains(Digest.parse(image.digest()));
                if (Skopeo.isAvailable()) {
                    assertThat(site.skopeo().digest(copy.toString())).isEqualTo(image.digest());
                }
            }
        }
        List<Tag> tags = new ArrayList<>();
        client.tags(site.name("group/app"), listed -> tags.add(listed.tag()));
        assertThat(tags).containsExactlyInAnyOrder(new Tag("1.0"), new Tag("1.0-rc"), new Tag("child"));
        assertThat(client.digestOf(site.image("group/app", "missing"))).isEmpty();
    }

    private static void copy(Site site, RegistryClient client, Manifest manifest) throws Exception {
        for (Descriptor child : manifest.children()) {
            ImageReference there = ImageReference.pinned(site.name("group/app"), child.digest());
            Manifest pulled = client.pull(there);
            copy(site, client, pulled);
            client.push(ImageReference.pinned(site.name("group/target"), child.digest()), pulled);
        }
        for (Descriptor blob : manifest.blobs()) {
            assertThat(client.mount(site.name("group/target"), blob.digest(), site.name("group/app")))
                    .isEmpty();
        }
    }

    @Test
    void worksWithAnOpenRegistry() throws Exception {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            findsAndCopies(new Site(registry, RegistryAuthentication.ANONYMOUS, ""));
        }
    }

    @Test
    void worksWithPasswords() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().htpasswd().start()) {
            findsAndCopies(new Site(registry, TEST, ""));
            Site stranger = new Site(registry, new Basic("test", "wrong"), "");
            assertThatThrownBy(() -> stranger.client().digestOf(stranger.image("group/app", "1.0")))
                    .isInstanceOf(UnauthorizedException.class)
                    .hasMessageContaining("check the password of 'test'");
        }
    }

    @Test
    void worksWithTokens() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        AccessRules access = new AccessRules()
                .user(TEST.username(), TEST.password())
                .user("reader", "secret")
                .allow("reader", "*", "pull");
        try (TokenServer tokens = TokenServer.signing(access, certificates.signer());
                DockerRegistryProcess registry =
                        DockerRegistryProcess.builder().tokens(tokens).start()) {
            findsAndCopies(new Site(registry, TEST, ""));

            TokenIssuer issuer =
                    new TokenIssuer(registry.host(), new Basic("reader", "secret"), new TestNetwork().context());
            IssuedToken token = issuer.issue(Set.of(Scope.pull("group/app")));
            assertThat(token.confirmed()).isTrue();
            Site holder = new Site(registry, new Bearer(token.value()), "");
            assertThat(holder.client().digestOf(holder.image("group/app", "1.0")))
                    .isPresent();
            assertThatThrownBy(() -> issuer.issue(Set.of(Scope.pullAndPush("group/app"))))
                    .isInstanceOf(UnauthorizedException.class)
                    .hasMessageContaining("does not grant push, only pull");

            Site reader = new Site(registry, new Basic("reader", "secret"), "");
            RegistryClient client = reader.client();
            Manifest manifest = client.pull(reader.image("group/app", "1.0"));
            assertThatThrownBy(() -> client.push(reader.image("group/app", "2.0"), manifest))
                    .isInstanceOf(UnauthorizedException.class)
                    .hasMessageContaining("may pull and push on group/app");
        }
    }

    @Test
    void worksOverTls() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().tls(certificates).htpasswd().start()) {
            findsAndCopies(new Site(registry, TEST, TestNetwork.testAuthority()));
        }
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
                    .hasMessageContaining(
                            "does not speak TLS; if it is to be reached by plain http, an administrator can set"
                                    + " its http:// address in Manage Jenkins » System » Docker Image Promotion");
            assertThat(network.notices()).isEmpty();
        }
    }

    @Test
    void skopeoConfirmsDigests() throws Exception {
        Skopeo.assumeAvailable(RegistryClientIT.class);
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            Site site = new Site(registry, RegistryAuthentication.ANONYMOUS, "");
            site.push("group/app", "1.0", IMAGES.get(0));
            assertThat(site.skopeo().digest(site.image("group/app", "1.0").toString()))
                    .isEqualTo(IMAGES.get(0).digest());
        }
    }

    @Test
    void explainsThatTagsCannotBeDeleted() throws Exception {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            Site site = new Site(registry, RegistryAuthentication.ANONYMOUS, "");
            site.push("group/app", "1.0", IMAGES.get(0));
            assertThatThrownBy(() -> site.client().deleteTag(site.image("group/app", "1.0")))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("Cannot delete the tag");
        }
    }

    @Test
    void streamsToAnotherRegistry() throws Exception {
        try (DockerRegistryProcess from = DockerRegistryProcess.builder().start();
                DockerRegistryProcess to =
                        DockerRegistryProcess.builder().htpasswd().start()) {
            Site source = new Site(from, RegistryAuthentication.ANONYMOUS, "");
            Site target = new Site(to, TEST, "");
            TestImage image = TestImage.docker(7).withLayers(5_000_000, 10);
            source.push("group/app", "1.0", image);
            RegistryClient reader = source.client();
            RegistryClient writer = target.client();
            Manifest manifest = reader.pull(source.image("group/app", "1.0"));
            for (Descriptor blob : manifest.blobs()) {
                var upload = writer.startUpload(target.name("group/target"), blob.digest())
                        .orElseThrow();
                reader.pullBlob(
                        source.name("group/app"),
                        blob,
                        in -> writer.upload(target.name("group/target"), blob, upload, in));
            }
            writer.push(target.image("group/target", "1.0"), manifest);
            assertThat(writer.pull(target.image("group/target", "1.0")).mediaType())
                    .isEqualTo(MediaTypes.DOCKER_MANIFEST);
        }
    }
}
