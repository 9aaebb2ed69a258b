package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.OwnClasses;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The Sigstore libraries are loaded only if certificates are checked. */
class SigstoreOnDemandTest {

    private static final String APP = "group/app";
    private static final SigstoreInstance SIGSTORE = new SigstoreInstance();

    private final ImageSigner signer = ImageSigner.create();

    @AutoClose
    private final InMemoryRegistry registry = InMemoryRegistry.start();

    private final String digest = registry.push(APP, "v1", TestImage.oci(1));

    /** Loads our classes, but neither sigstore-java nor its dependencies. */
    private final OwnClasses classes = new OwnClasses(
            "io.jenkins.plugins.dockerpromotion",
            "dev.sigstore",
            "com.google.api.client",
            "com.google.common",
            "com.google.gson",
            "com.google.protobuf",
            "org.bouncycastle",
            "org.erdtman.jcs");

    /** Pushes an image with one key signature and one certificate signature. */
    private void pushSigned() {
        signer.sign(registry, APP, digest);
        byte[] bundle = SIGSTORE.sign(ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of()));
        registry.push(APP, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));
    }

    private void work(String method, String signers) throws Exception {
        Class<?> work = classes.loadClass(Work.class.getName());
        assertThat(work).isNotSameAs(Work.class);
        work.getMethod(method, String.class, String.class, String.class).invoke(null, registry.host(), digest, signers);
    }

    /** Code that runs in the restricted class loader. */
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
    }

    @Test
    void keysDoWithoutThem() throws Exception {
        pushSigned();

        work("verifyKey", signer.publicKey());

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
