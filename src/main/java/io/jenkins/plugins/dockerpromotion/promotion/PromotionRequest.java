package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What to promote: one image, to one or more tags of its own repository or of another one. */
public final class PromotionRequest implements Operation<PromotionReceipt> {

    private static final long serialVersionUID = 1L;

    /** Stands for the promoted tag in a target. */
    private static final String TAG_FIELD = "{tag}";

    private final ImageName image;
    private final Tag tag;
    private final ImageName toImage;
    private final List<Tag> to;
    private final Digest expectedDigest;
    private final Options options;
    private final RegistryAuthentication from;
    private final RegistryAuthentication into;

    private PromotionRequest(
            ImageName image,
            Tag tag,
            ImageName toImage,
            List<Tag> to,
            Digest expectedDigest,
            Options options,
            RegistryAuthentication from,
            RegistryAuthentication into) {
        this.image = image;
        this.tag = tag;
        this.toImage = toImage;
        this.to = to;
        this.expectedDigest = expectedDigest;
        this.options = options;
        this.from = from;
        this.into = into;
    }

    /**
     * How to promote.
     *
     * @param overwrite whether target tags other than {@code latest} may move
     * @param referrers whether signatures and the like go along to another repository
     * @param dryRun whether to plan only
     */
    public record Options(boolean overwrite, boolean referrers, boolean dryRun) implements Serializable {}

    /**
     * @param to target tags, in which <code>{tag}</code> stands for {@code tag}
     * @throws IllegalArgumentException in one line, if there is no target or one is not a tag
     */
    public static PromotionRequest of(
            ImageName image, Tag tag, ImageName toImage, Collection<String> to, Options options) {
        List<Tag> targets = to.stream()
                .map(t -> new Tag(t == null ? "" : t.replace(TAG_FIELD, tag.value())))
                .distinct()
                .toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a promotion needs at least one target tag");
        }
        return new PromotionRequest(
                image,
                tag,
                toImage,
                targets,
                null,
                options,
                RegistryAuthentication.ANONYMOUS,
                RegistryAuthentication.ANONYMOUS);
    }

    /** The same, refused unless the promoted tag stands for {@code digest}. */
    public PromotionRequest expecting(Digest digest) {
        return new PromotionRequest(image, tag, toImage, to, digest, options, from, into);
    }

    /**
     * The same with credentials.
     *
     * @param source for the promoted image
     * @param target for the targets
     */
    public PromotionRequest with(RegistryAuthentication source, RegistryAuthentication target) {
        return new PromotionRequest(image, tag, toImage, to, expectedDigest, options, source, target);
    }

    @Override
    public PromotionReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return Promoter.promote(this, from, into, context);
    }

    /** What is promoted. */
    public ImageReference source() {
        return ImageReference.tagged(image, tag);
    }

    /** The repository it is promoted in, or to. */
    public ImageName toImage() {
        return toImage;
    }

    /** The tags it is promoted to, each once. */
    public List<Tag> to() {
        return to;
    }

    /** The same with their repository. */
    public List<ImageReference> targets() {
        return to.stream().map(target -> ImageReference.tagged(toImage, target)).toList();
    }

    /** The digest the promoted tag has to stand for. */
    public Optional<Digest> expectedDigest() {
        return Optional.ofNullable(expectedDigest);
    }

    public Options options() {
        return options;
    }

    /** Whether only tags move, since the content is in the repository already. */
    boolean isWithinRepository() {
        return image.equals(toImage);
    }

    /** Whether the content is on the right registry already, if maybe in another repository. */
    public boolean isWithinRegistry() {
        return image.host().equals(toImage.host());
    }

    /** For people. */
    @Override
    public String toString() {
        return source() + " to " + toImage + " as "
                + to.stream().map(Tag::value).collect(Collectors.joining(", "));
    }
}
