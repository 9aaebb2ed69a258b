package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder.Attachments;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageInspector;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Inspects one image on an agent. With details, also counts its signatures and attestations, without verifying them.
 *
 * @param details whether to read manifests; without details, only the digest is requested, which does not count as a
 *     pull
 */
public record Inspection(ImageReference reference, boolean details, RegistryAuthentication authentication)
        implements Operation<ImageInfo> {

    private static final long serialVersionUID = 1L;

    private static final String PREDICATE = "dev.sigstore.bundle.predicateType";
    private static final String COSIGN_SIGNATURE = "https://sigstore.dev/cosign/sign/v1";
    private static final String NOTATION = "application/vnd.cncf.notary.signature";

    @Override
    public ImageInfo run(RegistryContext context) throws RegistryException, InterruptedException {
        ImageInspector inspector = ImageInspector.open(reference.name(), authentication, context);
        if (!details) {
            return inspector.resolve(reference);
        }
        ImageInfo info = inspector.inspect(reference);
        try {
            return withAttachments(info, new AttachmentFinder(inspector.registry(), reference.name()));
        } catch (RegistryException e) {
            context.notices().say("Cannot read signatures and attestations: " + e.getMessage());
            return info;
        }
    }

    private static ImageInfo withAttachments(ImageInfo info, AttachmentFinder finder)
            throws RegistryException, InterruptedException {
        Attachments found = finder.find(Digest.parse(info.digest()));
        int signatures = 0;
        List<String> attestations = new ArrayList<>();
        for (Descriptor referrer : found.referrers()) {
            String kind = kind(referrer, found.subject(), finder);
            if (kind.equals(COSIGN_SIGNATURE)) {
                signatures++;
            } else if (!kind.isEmpty()) {
                attestations.add(kind);
            }
        }
        for (Map.Entry<AttachmentTag, Digest> tag : found.tags().entrySet()) {
            Optional<Manifest> manifest = finder.registry().pullIfPresent(finder.pinned(tag.getValue()));
            List<String> types = manifest.map(Inspection::types).orElse(List.of());
            if (tag.getKey().suffix().equals(".sig")) {
                signatures += types.size();
            } else if (tag.getKey().suffix().equals(".att")) {
                attestations.addAll(types);
            }
        }
        return info.withAttachments(
                signatures, attestations.stream().distinct().sorted().toList());
    }

    /** The predicate type of an attestation, cosign's signature type for any signature, and empty for anything else. */
    private static String kind(Descriptor referrer, Digest subject, AttachmentFinder finder)
            throws RegistryException, InterruptedException {
        String type = referrer.artifactType();
        String predicate = referrer.annotations().getOrDefault(PREDICATE, "");
        // Lists kept by clients sometimes name the type of the configuration instead, and omit annotations.
        if (predicate.isEmpty()
                && (type.isEmpty() || type.startsWith(SignedPayload.BUNDLES) || type.contains(".empty."))) {
            Optional<Manifest> manifest = finder.registry()
                    .pullIfPresent(finder.pinned(referrer.digest()))
                    .filter(m -> m.subject().map(Descriptor::digest).equals(Optional.of(subject)));
            type = manifest.map(Manifest::artifactType).orElse("");
            predicate = manifest.map(m -> m.annotations().getOrDefault(PREDICATE, ""))
                    .orElse("");
        }
        boolean signature = type.equals(NOTATION) || (type.startsWith(SignedPayload.BUNDLES) && predicate.isEmpty());
        return signature ? COSIGN_SIGNATURE : predicate;
    }

    /** The predicate types of the layers of cosign's older format; empty for layers without one, such as signatures. */
    private static List<String> types(Manifest manifest) {
        return Json.parse(manifest.bytes()).stream()
                .flatMap(json -> json.field("layers").items().stream())
                .map(layer -> layer.field("annotations").text("predicateType"))
                .toList();
    }
}
