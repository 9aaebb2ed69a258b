package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.tags.ProtectedTags;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.OwnClasses;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries that check certificates are loaded for certificates only. */
class SigstoreOnDemandTest {

    private static final String APP = "group/app";
    private static final SigstoreInstance SIGSTORE = new SigstoreInstance();

    private final ImageSigner signer = ImageSigner.create();

    @AutoClose
    private final InMemoryRegistry registry = InMemoryRegistry.start();

    private final String digest = registry.push(APP, "v1", TestImage.oci(1));

    /** Has our classes, but neither sigstore-java nor what it needs. */
    private final OwnClasses classes = new OwnClasses(
            "io.jenkins.plugins.dockerpromotion",
            "dev.sigstore",
            "com.google.api.client",
            "com.google.common",
            "com.google.gson",
            "com.google.protobuf",
            "org.bouncycastle",
            "org.erdtman.jcs");

    /** An image with a signature by a key and one by a certificate, and a younger image. */
    private void pushSigned() {
        signer.sign(registry, APP, digest);
        byte[] bundle = SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of()));
        registry.push(APP, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));
        registry.push(APP, "v2", TestImage.oci(2));
    }

    private void work(String method, String signers) throws Exception {
        Class<?> work = classes.loadClass(Work.class.getName());
        assertThat(work).isNotSameAs(Work.class);
        work.getMethod(method, String.class, String.class, String.class).invoke(null, registry.host(), digest, signers);
    }

    /** What runs with the classes of that loader. */
    public static final class Work {

        private Work() {}

        private static TestNetwork network(String host) {
            return new TestNetwork().and(RegistryLocation.plain(host));
        }

        public static void verifyKey(String host, String digest, String key) throws Exception {
            verify(host, digest, new VerificationRequirement("verifyImage", List.of(key), List.of()));
        }

        public static void verifyIdentity(String host, String digest, String trustedRoot) throws Exception {
            Identity identity = Identity.of(SigstoreInstance.IDENTITY, "", SigstoreInstance.ISSUER, "");
            verify(
                    host,
                    digest,
                    new VerificationRequirement("verifyImage", List.of(), List.of(identity), trustedRoot, List.of()));
        }

        private static void verify(String host, String digest, VerificationRequirement requirement) throws Exception {
            assertThat(StoredImage.of(network(host), host, APP, digest)
                            .verify(requirement)
                            .signatures())
                    .hasSize(1);
        }

        public static void promote(String host, String digest, String key) throws Exception {
            PromotionReceipt receipt = PromotionRequest.of(
                            ImageName.parse(host + "/" + APP),
                            new Tag("v1"),
                            ImageName.parse(host + "/prod/app"),
                            List.of("{tag}"),
                            new PromotionRequest.Options(false, true, false))
                    .run(network(host).context());
            assertThat(receipt.attachments()).isEqualTo(2);
        }

        public static void prune(String host, String digest, String key) throws Exception {
            RetentionPolicy policy = new RetentionPolicy(
                    Optional.of(TagPattern.of("v{build}")),
                    OptionalInt.of(1),
                    OptionalInt.empty(),
                    new ProtectedTags(List.of()));
            PruneReceipt receipt = new PruneRequest(ImageName.parse(host + "/" + APP), policy, 100, false)
                    .run(network(host).context());
            assertThat(receipt.deleted()).extracting(PruneReceipt.Entry::tag).contains("v1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"verifyKey", "promote", "prune"})
    void keysPromotionsAndPrunesDoWithoutThem(String method) throws Exception {
        pushSigned();

        work(method, signer.publicKey());

        assertThat(classes.refused()).isEmpty();
    }

    @Test
    void identitiesNeedThem() {
        pushSigned();

        assertThatThrownBy(() -> work("verifyIdentity", SIGSTORE.trustedRoot()))
                .hasRootCauseInstanceOf(ClassNotFoundException.class);

        assertThat(classes.refused()).anyMatch(name -> name.startsWith("dev.sigstore."));
    }
}
