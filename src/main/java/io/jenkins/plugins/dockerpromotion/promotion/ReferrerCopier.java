package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.promotion.ImageCopier.Side;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Referrers;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.List;
import java.util.Optional;

/**
 * Takes along what refers to an image: signatures, attestations, lists of contents. By the referrers API where registries
 * have it, by the tags that stand in for it elsewhere (OCI distribution specification, "Referrers Tag Schema"), and by
 * the tags that cosign made before.
 */
final class ReferrerCopier {

    private static final List<String> COSIGN_SUFFIXES = List.of(".sig", ".att", ".sbom");

    private final ImageCopier copier;
    private final Notices notices;
    private final Side from;
    private final Side to;

    ReferrerCopier(ImageCopier copier, Notices notices) {
        this.copier = copier;
        this.notices = notices;
        this.from = copier.from();
        this.to = copier.to();
    }

    void copy(Digest subject) throws RegistryException, InterruptedException {
        Referrers referrers = from.registry().referrers(ImageReference.pinned(from.image(), subject));
        if (referrers.offered()) {
            copyAll(subject, referrers.all());
        } else if (referrers.fallback().isPresent()) {
            copyTag(Referrers.fallbackTag(subject));
        }
        for (String suffix : COSIGN_SUFFIXES) {
            copyTag(fallbackTag(subject, suffix));
        }
    }

    private void copyAll(Digest subject, List<Descriptor> referrers) throws RegistryException, InterruptedException {
        for (Descriptor referrer : referrers) {
            copier.copyWhole(from.registry().pull(ImageReference.pinned(from.image(), referrer.digest())));
            notices.say("took along " + referrer.digest().abbreviated() + ", which refers to " + subject.abbreviated());
        }
        boolean listed = referrers.isEmpty()
                || to.registry()
                        .referrers(ImageReference.pinned(to.image(), subject))
                        .offered();
        if (!listed) {
            notices.say(
                    to.image().host() + " cannot list what refers to an image: what was taken along is found there by"
                            + " its own digest only");
        }
    }

    /** {@code sha256-<hex>}, with what cosign appends. */
    private static Tag fallbackTag(Digest subject, String suffix) {
        return new Tag(subject.algorithm() + '-' + subject.hex() + suffix);
    }

    private void copyTag(Tag tag) throws RegistryException, InterruptedException {
        ImageReference source = ImageReference.tagged(from.image(), tag);
        ImageReference target = ImageReference.tagged(to.image(), tag);
        Optional<Digest> there = from.registry().digestOf(source);
        if (there.isEmpty()) {
            return;
        }
        Optional<Digest> here = to.registry().digestOf(target);
        if (here.isPresent()) {
            if (!here.equals(there)) {
                notices.say("left " + target + " as it is: it differs from that of " + from.image());
            }
            return;
        }
        Manifest manifest = from.registry().pull(source);
        copier.copy(manifest);
        to.registry().push(target, manifest);
        notices.say("took along " + tag);
    }
}
