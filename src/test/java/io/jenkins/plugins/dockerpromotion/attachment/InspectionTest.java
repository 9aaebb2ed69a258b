package io.jenkins.plugins.dockerpromotion.attachment;

import static io.jenkins.plugins.dockerpromotion.testing.Attachment.attestations;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.cosign;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.referrer;
import static io.jenkins.plugins.dockerpromotion.testing.Attachment.tag;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the listing of an image's signatures and attestations, which are not verified. */
class InspectionTest {

    private static final TestImage IMAGE = TestImage.oci(1);
    private static final String PROVENANCE = "https://slsa.dev/provenance/v1";
    private static final String SCAN = "https://example.com/scan";

    @AutoClose
    private InMemoryRegistry registry;

    private TestNetwork network;

    private void start(boolean listsReferrers) {
        Quirk[] quirks = listsReferrers ? new Quirk[0] : new Quirk[] {Quirk.NO_REFERRERS_API};
        registry = InMemoryRegistry.builder().with(quirks).start();
        network = TestNetwork.of(registry);
        registry.push("app", "1.0", IMAGE);
    }

    private ImageInfo inspect(boolean details) throws Exception {
        ImageName image = registry.image("app");
        return new Inspection(ImageReference.tagged(image, new Tag("1.0")), details, RegistryAuthentication.ANONYMOUS)
                .run(network.context());
    }

    private static TestImage bundle(long seed, String predicateType) {
        return referrer(seed, IMAGE, "application/vnd.dev.sigstore.bundle.v0.3+json")
                .withAnnotation("dev.sigstore.bundle.predicateType", predicateType);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void countsSignaturesAndNamesAttestationsOfEveryFormat(boolean listsReferrers) throws Exception {
        start(listsReferrers);
        registry.attach(
                "app",
                IMAGE,
                bundle(2, "https://sigstore.dev/cosign/sign/v1"),
                bundle(3, PROVENANCE),
                bundle(4, PROVENANCE),
                referrer(5, IMAGE, "application/vnd.cncf.notary.signature"),
                referrer(6, IMAGE, "application/vnd.dev.sigstore.bundle.v0.3+json"),
                referrer(7, IMAGE, "application/spdx+json"));
        registry.push("app", tag(IMAGE) + ".sig", cosign("image=1", "image=2"));
        registry.push("app", tag(IMAGE) + ".att", attestations(SCAN, "scan=1"));

        ImageInfo info = inspect(true);

        assertThat(info.asMap())
                .containsEntry("signatures", 5)
                .containsEntry("attestations", List.of(SCAN, PROVENANCE));
        assertThat(info.toString()).endsWith(", 5 signatures, attestations " + SCAN + ", " + PROVENANCE);
    }

    @Test
    void tellsOfAnImageWithoutAny() throws Exception {
        start(true);

        assertThat(inspect(true).asMap()).containsEntry("signatures", 0).containsEntry("attestations", List.of());
        registry.requests().clear();
        assertThat(inspect(false).asMap()).containsEntry("signatures", null);
        assertThat(registry.requests().count()).as("one check").isEqualTo(1);
    }

    @Test
    void tellsTheRestIfAttachmentsCannotBeListed() throws Exception {
        start(true);
        registry.onRequest("GET", ".*/referrers/.*", Fault.status(503).always());

        assertThat(inspect(true).asMap()).containsEntry("signatures", null).containsEntry("digest", IMAGE.digest());
        assertThat(network.notices()).anyMatch(n -> n.startsWith("Cannot read signatures and attestations"));
    }
}
