package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentCopier;
import io.jenkins.plugins.dockerpromotion.attachment.AttachmentFinder;
import io.jenkins.plugins.dockerpromotion.attachment.Verifier;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The promotion of one image. {@link TrainRequest} calls its phases in this order: read, look up each target, verify, copy.
 * {@link TagMoves} moves the tags.
 */
final class ImagePromotion {

    private final PromotionRequest request;
    private final RegistryContext context;
    private final Map<Tag, Optional<Digest>> previous = new ConcurrentHashMap<>();
    /** Targets that are not the promoted image yet. */
    private final Set<Tag> toMove = ConcurrentHashMap.newKeySet();

    private RegistryClient source;
    private RegistryClient target;
    private Manifest manifest;
    private String accepted = "";
    private int attachments;
    private Optional<ImageCopier> copier = Optional.empty();

    ImagePromotion(PromotionRequest request, RegistryContext context) {
        this.request = request;
        this.context = context;
    }

    PromotionRequest request() {
        return request;
    }

    /** Reads the manifest to promote. */
    void read() throws RegistryException, PromotionException, InterruptedException {
        open();
        try {
            manifest = source.pull(request.source());
        } catch (NotFoundException e) {
            if (request.source().isPinned()) {
                throw new PromotionException(gone(e));
            }
            throw e;
        }
        Optional<Digest> expected = request.expectedDigest();
        if (expected.isPresent() && !expected.get().equals(manifest.digest())) {
            throw new PromotionException("Cannot promote " + request.source() + ": it is " + manifest.digest()
                    + " now, but " + expected.get() + " was expected; nothing was changed");
        }
    }

    private String gone(NotFoundException e) {
        return e.getMessage() + "; the registry no longer has this digest; it may have been deleted with its last"
                + " tag; nothing was changed";
    }

    private void open() throws RegistryException, InterruptedException {
        Scope read = Scope.pull(request.source().name().path());
        Set<Scope> targetScopes =
                new LinkedHashSet<>(List.of(Scope.pullAndPush(request.toImage().path())));
        // A mount needs the permissions for both repositories in one token.
        if (request.isWithinRegistry() && !request.isWithinRepository()) {
            targetScopes.add(read);
        } else if (!request.isWithinRegistry()) {
            mountFrom()
                    .filter(base -> !base.equals(request.toImage()))
                    .ifPresent(base -> targetScopes.add(Scope.pull(base.path())));
        }
        target = RegistryClient.open(request.toImage(), request.targetLogin(), targetScopes, context);
        source = request.isWithinRegistry() && request.sourceLogin().equals(request.targetLogin())
                ? target
                : RegistryClient.open(request.source().name(), request.sourceLogin(), Set.of(read), context);
    }

    /** The repository of the target's registry where the administrator expects layers to be already. */
    private Optional<ImageName> mountFrom() {
        String host = request.toImage().host();
        return context.network().mountFrom(host).map(path -> ImageName.parse(host + "/" + path));
    }

    /** Looks up the current digest of a target, and the one it had before this promotion. */
    void readTarget(Tag tag) throws RegistryException, InterruptedException {
        Optional<Digest> now = target.digestOfProbablyNew(reference(tag));
        if (isPromoted(now)) {
            previous.put(tag, before(tag).orElse(now));
        } else {
            toMove.add(tag);
            previous.put(tag, now);
        }
    }

    /** The digest that a target had before an earlier attempt moved it, for example one that a restart interrupted. */
    private Optional<Optional<Digest>> before(Tag tag) {
        return context.memory()
                .recall(reference(tag).toString())
                .map(digest -> digest.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(digest)));
    }

    /** What {@link #before} needs if this attempt is interrupted. */
    Map<String, String> toKeep() {
        return toMove.stream()
                .collect(Collectors.toMap(
                        tag -> reference(tag).toString(),
                        tag -> previous.get(tag).map(Digest::toString).orElse("")));
    }

    /** Why the targets may not be moved; empty if they may. */
    Optional<String> refusal() {
        String taken = request.to().stream()
                .filter(tag -> isChanged(tag) && !request.mayMove(tag, previous.get(tag)))
                .map(tag ->
                        tag + " (" + previous.get(tag).map(Digest::abbreviated).orElse("deleted") + ")")
                .collect(Collectors.joining(", "));
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        String what = "Cannot promote " + request.source() + " ("
                + manifest.digest().abbreviated() + "): in " + request.toImage();
        return Optional.of(request.replaced()
                .map(expected -> what + " " + taken + " changed after the last promotion to " + expected.abbreviated())
                .orElse(what + " other images already have " + taken));
    }

    /** Verifies the signatures that the request requires. */
    void verify() throws RegistryException, InterruptedException {
        if (!request.requirements().isEmpty()) {
            accepted = Verifier.verify(
                            source, request.source().name(), manifest.digest(), request.requirements(), false)
                    .summary();
        }
    }

    /** Copies content and attachments to the target repository, or plans to. Does not change the targets. */
    void copy(Transfers transfers) throws RegistryException, InterruptedException {
        if (request.isWithinRepository()) {
            return;
        }
        ImageCopier content = new ImageCopier(
                new ImageCopier.Side(source, request.source().name()),
                new ImageCopier.Side(target, request.toImage()),
                mountFrom().orElse(request.toImage()),
                transfers);
        copier = Optional.of(content);
        List<Callable<Optional<AttachmentCopier.Plan>>> parts = new ArrayList<>();
        if (!request.options().dryRun() && !toMove.isEmpty()) {
            parts.add(() -> {
                content.copy(manifest);
                return Optional.empty();
            });
        }
        // Even if the image has already been copied: it may have been signed since.
        if (request.options().referrers()) {
            AttachmentCopier carrier = new AttachmentCopier(
                    new AttachmentFinder(source, request.source().name()),
                    new AttachmentFinder(target, request.toImage()),
                    content::copy,
                    context.notices());
            parts.add(() -> Optional.of(carrier.plan(manifest)));
        }
        for (Optional<AttachmentCopier.Plan> plan : Parallel.all(parts, 2)) {
            if (plan.isPresent()) {
                attachments = carryAttachments(plan.get());
            }
        }
    }

    private int carryAttachments(AttachmentCopier.Plan plan) throws RegistryException, InterruptedException {
        PromotionRequest.Options options = request.options();
        int count = options.dryRun() ? plan.count() : plan.run(options.requireReferrers());
        if (count > 0) {
            context.notices()
                    .say((options.dryRun() ? "Would copy " : "Copied ") + count + " attachments of " + request.source()
                            + " (signatures, attestations, SBOMs) to " + request.toImage());
        }
        return count;
    }

    /** Whether this promotion moves a target, or moved it before it was interrupted. */
    boolean isChanged(Tag tag) {
        return !isPromoted(previous.get(tag));
    }

    /** Whether a target has to be written: not if it already points to the promoted image. */
    boolean isToMove(Tag tag) {
        return toMove.contains(tag);
    }

    /** The digest that a target had before. */
    Optional<Digest> previous(Tag tag) {
        return previous.get(tag);
    }

    /** The digest that a target has now. */
    Optional<Digest> now(Tag tag) throws RegistryException, InterruptedException {
        return target.digestOf(reference(tag));
    }

    /** Whether this is the promoted image, whichever algorithm its digest uses. */
    boolean isPromoted(Optional<Digest> digest) {
        return digest.filter(d -> d.matches(manifest.bytes())).isPresent();
    }

    /** The digest that is promoted. */
    Digest digest() {
        return manifest.digest();
    }

    /** Points a target to the promoted image. */
    boolean move(Tag tag) throws RegistryException, InterruptedException {
        try {
            return target.push(reference(tag), manifest);
        } catch (RegistryException e) {
            throw copier.map(c -> c.explained(e)).orElse(e);
        }
    }

    /** Reads the manifest that a target had before, so that it can be stored again. */
    Manifest manifestBefore(Tag tag) throws RegistryException, InterruptedException {
        return target.pull(
                ImageReference.pinned(request.toImage(), previous.get(tag).orElseThrow()));
    }

    void putBack(Tag tag, Manifest before) throws RegistryException, InterruptedException {
        target.push(reference(tag), before);
    }

    /** Deletes a tag that did not exist before. */
    void remove(Tag tag) throws RegistryException, InterruptedException {
        ImageTags.of(request.toImage(), target, request.targetLogin(), context).delete(tag);
    }

    private ImageReference reference(Tag tag) {
        return ImageReference.tagged(request.toImage(), tag);
    }

    /** The targets with their old and new digests. */
    PromotionReceipt receipt() {
        return new PromotionReceipt(
                request.source().toString(),
                request.toImage().toString(),
                manifest.digest().toString(),
                manifest.mediaType(),
                manifest.platforms(),
                request.to().stream()
                        .map(tag -> new PromotionReceipt.Target(
                                tag.value(),
                                previous.get(tag).map(Digest::toString).orElse(""),
                                isChanged(tag)))
                        .toList(),
                request.options().dryRun(),
                accepted,
                attachments);
    }
}
