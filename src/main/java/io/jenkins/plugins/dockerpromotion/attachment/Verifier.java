package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.attachment.SignedPayload.Claim;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signed;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signer;
import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks the signatures and attestations of an image against its requirements. Reads cosign's older tags ({@code
 * sha256-<hex>.sig} and {@code .att}), and Sigstore bundles from the referrers API and the fallback tag.
 */
public final class Verifier {

    /** Enough for a nightly signature over three years. Each takes one or two requests. */
    private static final int MAX_CANDIDATES = 1_000;

    private static final int MEGABYTE = 1024 * 1024;

    /** An attested SBOM may have several megabytes. */
    private static final int MAX_SIZE = 32 * MEGABYTE;

    private static final long MAX_TOTAL = 256L * MEGABYTE;

    /** Limit of the result, which a Pipeline keeps in memory and writes to disk. */
    private static final long MAX_PREDICATES = 4L * MEGABYTE;

    private static final int MAX_REASONS = 5;
    private static final int MAX_REASON = 300;
    private static final String SIGNATURE_ANNOTATION = "dev.cosignproject.cosign/signature";

    private final RegistryClient client;
    private final ImageName image;
    private final Digest digest;
    private final Map<VerificationRequirement, List<SigningKey>> requirements = new LinkedHashMap<>();
    private final boolean predicates;
    private final Map<String, Keyless> keyless = new HashMap<>();
    private final AtomicInteger candidates = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong predicateBytes = new AtomicLong();

    private Verifier(
            RegistryClient client,
            ImageName image,
            Digest digest,
            List<VerificationRequirement> requirements,
            boolean predicates) {
        this.client = client;
        this.image = image;
        this.digest = digest;
        requirements.forEach(requirement -> this.requirements.put(requirement, requirement.keys()));
        this.predicates = predicates;
    }

    /**
     * Verifies the manifest or index {@code digest} of {@code image}. For an index, its platforms' images are not
     * verified.
     *
     * @param requirements all of them must be met
     * @param predicates whether the result contains the predicates of the attestations: of the required types, or of
     *     all types if none is required
     * @throws UnverifiedImageException if a requirement is not met
     */
    public static VerifiedImage verify(
            RegistryClient client,
            ImageName image,
            Digest digest,
            List<VerificationRequirement> requirements,
            boolean predicates)
            throws RegistryException, InterruptedException {
        return new Verifier(client, image, digest, requirements, predicates).verify();
    }

    /**
     * A signature or attestation, and whether it counts.
     *
     * @param name for messages
     * @param signers the signers of the requirements that it counts for
     * @param refusal why it does not count; empty if it does
     */
    private record Finding(
            String name,
            String format,
            Claim claim,
            Map<VerificationRequirement, Signer> signers,
            Serializable predicate,
            String refusal) {

        static Finding refused(String name, String reason) {
            return new Finding(name, "", new Claim("", Map.of()), Map.of(), null, reason);
        }

        Stream<Signed> signed() {
            return signers.values().stream()
                    .distinct()
                    .map(by -> new Signed(by, format, claim.predicateType(), claim.annotations(), predicate));
        }
    }

    private VerifiedImage verify() throws RegistryException, InterruptedException {
        List<Callable<List<Finding>>> sources = new ArrayList<>();
        for (String suffix : List.of(".sig", ".att")) {
            Tag tag = new AttachmentTag(digest, suffix).tag();
            sources.add(() -> read(suffix, ImageReference.tagged(image, tag), true));
        }
        List<Descriptor> referrers =
                client.referrers(ImageReference.pinned(image, digest)).all();
        if (referrers.size() > MAX_CANDIDATES) {
            throw unverified("it has more than " + MAX_CANDIDATES + " referrers");
        }
        for (Descriptor referrer : referrers) {
            String name = referrer.digest().abbreviated();
            sources.add(() -> read(name, ImageReference.pinned(image, referrer.digest()), false));
        }
        List<Finding> findings = Parallel.all(sources, Parallel.TRANSFERS).stream()
                .flatMap(List::stream)
                .toList();
        for (VerificationRequirement requirement : requirements.keySet()) {
            require(requirement, findings);
        }
        Map<Boolean, List<Signed>> counting = findings.stream()
                .flatMap(Finding::signed)
                .collect(Collectors.partitioningBy(s -> s.predicateType().equals(SignedPayload.SIGNATURE)));
        return new VerifiedImage(digest, counting.get(true), counting.get(false));
    }

    /** @param all whether every layer must be a signature; otherwise, other layers are ignored */
    private List<Finding> read(String name, ImageReference source, boolean all)
            throws RegistryException, InterruptedException {
        List<Finding> findings = new ArrayList<>();
        try {
            Optional<Manifest> manifest = client.pullIfPresent(source);
            if (manifest.isEmpty()) {
                return all
                        ? List.of()
                        : List.of(Finding.refused(name, "it is listed, but the registry does not have it"));
            }
            List<Json> layers = Json.parse(manifest.get().bytes())
                    .orElse(Json.NONE)
                    .field("layers")
                    .items();
            for (Json layer : layers) {
                if (all || isSigned(layer)) {
                    count();
                    findings.add(check(layers.size() == 1 ? name : name + " " + (findings.size() + 1), layer));
                }
            }
        } catch (RegistryException e) {
            if (e instanceof UnverifiedImageException || e.isTemporary()) {
                throw e;
            }
            findings.add(Finding.refused(name, e.getMessage()));
        }
        return findings;
    }

    private void count() throws UnverifiedImageException {
        if (candidates.incrementAndGet() > MAX_CANDIDATES) {
            throw unverified("it has more than " + MAX_CANDIDATES + " signatures and attestations");
        }
    }

    private static boolean isSigned(Json layer) {
        String mediaType = layer.text("mediaType");
        return mediaType.startsWith(SignedPayload.BUNDLES)
                || mediaType.equals(SignedPayload.ENVELOPE)
                || !layer.field("annotations").text(SIGNATURE_ANNOTATION).isEmpty();
    }

    private Finding check(String name, Json layer) throws RegistryException, InterruptedException {
        try {
            SignedPayload payload = read(layer);
            Map<VerificationRequirement, Signer> signers = new LinkedHashMap<>();
            String refusal = payload.refusal(
                    requirements.values().stream().flatMap(List::stream).toList());
            for (var required : requirements.entrySet()) {
                VerificationRequirement requirement = required.getKey();
                Optional<Signer> signer = payload.signedBy(required.getValue()).map(Signer::of);
                if (signer.isEmpty()
                        && payload.hasCertificate()
                        && !requirement.identities().isEmpty()) {
                    Signer named = keyless(requirement.trustedRoot()).signer(payload);
                    refusal = "it is signed by " + named + ", who is not a required signer";
                    signer = Optional.of(named).filter(requirement::accepts);
                }
                signer.ifPresent(by -> signers.put(requirement, by));
            }
            if (signers.isEmpty()) {
                return Finding.refused(name, refusal);
            }
            Claim claim = payload.claim(digest);
            return new Finding(name, payload.format(), claim, signers, predicate(payload, claim), "");
        } catch (RefusedException e) {
            return Finding.refused(name, e.getMessage());
        }
    }

    private SignedPayload read(Json layer) throws RefusedException, RegistryException, InterruptedException {
        String mediaType = layer.text("mediaType");
        String signature = layer.field("annotations").text(SIGNATURE_ANNOTATION);
        boolean bundle = mediaType.equals(SignedPayload.BUNDLE);
        boolean envelope = mediaType.equals(SignedPayload.ENVELOPE);
        if (!bundle && !envelope && (signature.isEmpty() || mediaType.startsWith(SignedPayload.BUNDLES))) {
            throw new RefusedException("its type is " + LogText.quote(mediaType) + ", which is not supported");
        }
        byte[] content = content(layer);
        return bundle
                ? SignedPayload.bundle(content)
                : envelope ? SignedPayload.envelope(content) : SignedPayload.simpleSigning(content, signature);
    }

    private byte[] content(Json layer) throws RefusedException, RegistryException, InterruptedException {
        long size = layer.number("size", -1);
        if (size < 0 || size > MAX_SIZE) {
            throw new RefusedException("it has " + size + " bytes, but the limit is " + MAX_SIZE);
        }
        if (bytes.addAndGet(size) > MAX_TOTAL) {
            throw unverified("its signatures and attestations have more than " + MAX_TOTAL / MEGABYTE + " MB in total");
        }
        try {
            return client.readBlob(image, new Descriptor("", Digest.parse(layer.text("digest")), size, ""));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(e.getMessage());
        }
    }

    /** Created for the first certificate, because it is slow and needs libraries that keys do not need. */
    private synchronized Keyless keyless(String trustedRoot) throws RefusedException {
        Keyless known = keyless.get(trustedRoot);
        if (known == null) {
            known = new Keyless(trustedRoot);
            keyless.put(trustedRoot, known);
        }
        return known;
    }

    private Serializable predicate(SignedPayload payload, Claim claim)
            throws RefusedException, UnverifiedImageException {
        Set<String> types = requirements.keySet().stream()
                .flatMap(r -> r.attestations().stream())
                .collect(Collectors.toSet());
        if (!predicates || claim.isSignature() || !(types.isEmpty() || types.contains(claim.predicateType()))) {
            return null;
        }
        if (predicateBytes.addAndGet(payload.payload().length) > MAX_PREDICATES) {
            throw unverified("its predicates have more than " + MAX_PREDICATES / MEGABYTE
                    + " MB in total, which is too much for a Pipeline: list the attestations you need, or"
                    + " remove 'predicates'");
        }
        return (Serializable) payload.predicate();
    }

    private void require(VerificationRequirement requirement, List<Finding> findings) throws UnverifiedImageException {
        List<Finding> counting = findings.stream()
                .filter(f -> f.signers().containsKey(requirement))
                .toList();
        List<String> missing = new ArrayList<>();
        if (counting.stream().noneMatch(f -> f.claim().isSignature())) {
            missing.add("a signature");
        }
        for (String type : requirement.attestations()) {
            if (counting.stream().noneMatch(f -> f.claim().predicateType().equals(type))) {
                missing.add("an attestation of type " + type);
            }
        }
        if (!missing.isEmpty()) {
            throw unverified(requirement.demandedBy() + " needs " + String.join(" and ", missing) + " by "
                    + signers(requirement) + "; " + whatThereIs(requirement, findings));
        }
    }

    private String signers(VerificationRequirement requirement) {
        List<String> names = Stream.concat(
                        requirements.get(requirement).stream()
                                .map(key -> "the key " + key.fingerprint().abbreviated()),
                        requirement.identities().stream()
                                .map(identity -> LogText.oneLine(identity.toString(), MAX_REASON)))
                .limit(MAX_REASONS)
                .toList();
        return String.join(" or ", names);
    }

    /** What was found, and why it does not count. Bounded, because anybody may add signatures. */
    private String whatThereIs(VerificationRequirement requirement, List<Finding> findings) {
        if (findings.isEmpty()) {
            return "it has neither signatures nor attestations (no tag " + new AttachmentTag(digest, ".sig").tag()
                    + " and no Sigstore bundle); sign it by its digest, with cosign";
        }
        String reasons = findings.stream()
                .limit(MAX_REASONS)
                .map(finding -> finding.name() + ": " + worth(requirement, finding))
                .collect(Collectors.joining("; "));
        int more = findings.size() - MAX_REASONS;
        return "it has " + reasons + (more > 0 ? "; and " + more + " more" : "");
    }

    private static String worth(VerificationRequirement requirement, Finding finding) {
        if (!finding.refusal().isEmpty()) {
            return LogText.oneLine(finding.refusal(), MAX_REASON);
        }
        String kind = finding.claim().isSignature()
                ? "a signature"
                : "an attestation of type " + LogText.quote(finding.claim().predicateType());
        return finding.signers().containsKey(requirement) ? kind + ", which counts" : kind + " by another signer";
    }

    private UnverifiedImageException unverified(String reason) {
        return new UnverifiedImageException("Cannot verify " + ImageReference.pinned(image, digest) + ": " + reason);
    }
}
