package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Promotes one image to one or more tags, of its own repository or of another one. */
public final class PromotionRequest implements Operation<PromotionReceipt> {

    private static final long serialVersionUID = 1L;

    /** Placeholder in a target for the promoted tag. */
    private static final String TAG_FIELD = "{tag}";

    private final ImageReference source;
    private final ImageName toImage;
    private final ArrayList<Tag> to;
    private final Options options;
    private Digest expectedDigest;
    private Digest replaced;
    private ArrayList<VerificationRequirement> requirements = new ArrayList<>();
    private RegistryAuthentication sourceLogin = RegistryAuthentication.ANONYMOUS;
    private RegistryAuthentication targetLogin = RegistryAuthentication.ANONYMOUS;

    private PromotionRequest(ImageReference source, ImageName toImage, List<Tag> to, Options options) {
        this.source = source;
        this.toImage = toImage;
        this.to = new ArrayList<>(to);
        this.options = options;
    }

    private PromotionRequest(PromotionRequest other) {
        this(other.source, other.toImage, other.to, other.options);
        this.expectedDigest = other.expectedDigest;
        this.replaced = other.replaced;
        this.requirements = other.requirements;
        this.sourceLogin = other.sourceLogin;
        this.targetLogin = other.targetLogin;
    }

    /**
     * Options of a promotion.
     *
     * @param overwrite whether target tags other than {@code latest} may move
     * @param referrers whether signatures and other referrers are copied to another repository
     * @param requireReferrers whether the promotion fails if the other registry refuses one of these
     * @param dryRun whether to plan only
     */
    public record Options(boolean overwrite, boolean referrers, boolean requireReferrers, boolean dryRun)
            implements Serializable {

        /** Copies the referrers that the other registry accepts. */
        public Options(boolean overwrite, boolean referrers, boolean dryRun) {
            this(overwrite, referrers, false, dryRun);
        }
    }

    /**
     * @param source the image, by tag or digest
     * @param to target tags, in which <code>{tag}</code> is the tag of {@code source}
     * @throws IllegalArgumentException in one line, if there is no target or one is not a valid tag
     */
    public static PromotionRequest of(
            ImageReference source, ImageName toImage, Collection<String> to, Options options) {
        List<Tag> targets = to.stream()
                .map(target -> target(target == null ? "" : target, source))
                .distinct()
                .toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("'to' needs at least one target tag");
        }
        return new PromotionRequest(source, toImage, targets, options);
    }

    /** The same for a tag. */
    public static PromotionRequest of(
            ImageName image, Tag tag, ImageName toImage, Collection<String> to, Options options) {
        return of(ImageReference.tagged(image, tag), toImage, to, options);
    }

    /**
     * Moves tags back to an earlier digest. Refused if one of them has changed since, unless {@code overwrite} is set.
     *
     * @param digest the earlier digest
     * @param current the digest that the tags should have now
     */
    public static PromotionRequest rollback(
            ImageName image, Collection<Tag> tags, Digest digest, Digest current, boolean overwrite, boolean dryRun) {
        PromotionRequest request = of(
                ImageReference.pinned(image, digest),
                image,
                tags.stream().map(Tag::value).toList(),
                new Options(overwrite, false, dryRun));
        request.replaced = current;
        return request;
    }

    private static Tag target(String text, ImageReference source) {
        if (source.isPinned() && text.contains(TAG_FIELD)) {
            throw new IllegalArgumentException(
                    "'" + text + "' needs a tag, but " + source + " is a digest: name the targets in 'to'");
        }
        return new Tag(text.replace(TAG_FIELD, source.reference()));
    }

    /** The same, refused unless the promoted image has {@code digest}. */
    public PromotionRequest expecting(Digest digest) {
        PromotionRequest copy = new PromotionRequest(this);
        copy.expectedDigest = digest;
        return copy;
    }

    /** The same, refused unless the image meets all of {@code required}. */
    public PromotionRequest verifying(Collection<VerificationRequirement> required) {
        PromotionRequest copy = new PromotionRequest(this);
        copy.requirements = new ArrayList<>(required);
        return copy;
    }

    /**
     * The same with credentials.
     *
     * @param from for the promoted image
     * @param into for the targets
     */
    public PromotionRequest with(RegistryAuthentication from, RegistryAuthentication into) {
        PromotionRequest copy = new PromotionRequest(this);
        copy.sourceLogin = from;
        copy.targetLogin = into;
        return copy;
    }

    /**
     * Promotes, or only plans with {@code dryRun}.
     *
     * @throws PromotionException if a target may not be overwritten, the image is not the expected one, or targets had
     *     to be put back
     * @throws IOException if the image is refused or a registry cannot be read; nothing was changed then
     */
    @Override
    public PromotionReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return new TrainRequest(List.of(this)).run(context).images().get(0);
    }

    /** The promoted image. */
    public ImageReference source() {
        return source;
    }

    /** The repository of the targets. */
    public ImageName toImage() {
        return toImage;
    }

    /** The target tags, without duplicates. */
    public List<Tag> to() {
        return List.copyOf(to);
    }

    /** The target tags with their repository. */
    public List<ImageReference> targets() {
        return to.stream().map(target -> ImageReference.tagged(toImage, target)).toList();
    }

    public Options options() {
        return options;
    }

    /** Whether source and targets are on the same registry, in any repository. */
    public boolean isWithinRegistry() {
        return source.name().host().equals(toImage.host());
    }

    /** Whether source and targets are in the same repository, so that only tags move. */
    boolean isWithinRepository() {
        return source.name().equals(toImage);
    }

    Optional<Digest> expectedDigest() {
        return Optional.ofNullable(expectedDigest);
    }

    /** Whether a target that points to {@code previous} now may move. */
    boolean mayMove(Tag target, Optional<Digest> previous) {
        if (options.overwrite) {
            return true;
        }
        return replaced == null
                ? previous.isEmpty() || target.equals(Tag.LATEST)
                : previous.equals(Optional.of(replaced));
    }

    /** The digest that a target must have now in order to be moved back. */
    Optional<Digest> replaced() {
        return Optional.ofNullable(replaced);
    }

    List<VerificationRequirement> requirements() {
        return List.copyOf(requirements);
    }

    RegistryAuthentication sourceLogin() {
        return sourceLogin;
    }

    RegistryAuthentication targetLogin() {
        return targetLogin;
    }

    /** The request in words, for the log. */
    @Override
    public String toString() {
        return source + " to " + toImage + " as " + to.stream().map(Tag::value).collect(Collectors.joining(", "));
    }
}
