package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageInspector;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.tags.ProtectedTags;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.tags.TagFinder;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Optional;

/** The steps that look at tags, give them and take them away. Each checks its parameters first, and works afterwards. */
final class TagSteps {

    private final Surroundings around;

    TagSteps(Surroundings around) {
        this.around = around;
    }

    Work findTagForBuild(Arguments given) {
        ImageName image = given.image("image");
        TagPattern pattern = given.selection().orElseGet(() -> TagPattern.of(TagPattern.DEFAULT));
        long build = given.number("build").filter(number -> number >= 0).orElseThrow(TagSteps::noBuild);
        TagFinder finder = new TagFinder(image, pattern, BigInteger.valueOf(build));
        return block -> {
            TagFinder.Found found = finder.with(login(given)).run(around.reaching(image.host()));
            if (!found.tags().isEmpty()) {
                around.say("Found " + image + ":" + found.tags().get(0) + " among " + found.looked() + " tags");
                return found.tags().get(0).value();
            }
            if (!given.flag("optional")) {
                throw new IOException("Cannot find the tag of build " + build + " of " + image + ": none of the "
                        + found.looked() + " tags is " + finder);
            }
            return null;
        };
    }

    private static IllegalArgumentException noBuild() {
        return new IllegalArgumentException("'build' is required: a build number");
    }

    Work imageTags(Arguments given) {
        ImageName image = given.image("image");
        TagQuery query =
                new TagQuery(image, given.selection(), given.count("limit").orElse(Integer.MAX_VALUE));
        return block -> {
            TagQuery.Found found = query.with(login(given)).run(around.reaching(image.host()));
            around.say("Listed " + found.tags().size() + " of " + found.looked() + " tags of " + image);
            return new ArrayList<>(found.tags().stream().map(Tag::value).toList());
        };
    }

    Work imageInfo(Arguments given) {
        ImageReference reference = new ImageReference(given.image("image"), given.needed("tag"));
        return block -> {
            ImageInspector inspector = ImageInspector.open(
                    reference.name(),
                    login(given),
                    around.reaching(reference.name().host()));
            return (given.flag("details") ? inspector.inspect(reference) : inspector.glance(reference)).asMap();
        };
    }

    Work promoteImage(Arguments given) {
        ImageName image = given.image("image");
        Tag tag = new Tag(given.needed("tag"));
        ImageName target = given.text("toImage").map(ImageName::parse).orElse(image);
        PromotionRequest.Options options = new PromotionRequest.Options(
                given.flag("overwrite"), given.flag("referrers"), given.flag("requireReferrers"), given.flag("dryRun"));
        PromotionRequest promotion = PromotionRequest.of(image, tag, target, given.words("to"), options);
        PromotionRequest request = given.text("expectedDigest")
                .map(digest -> promotion.expecting(Digest.parse(digest)))
                .orElse(promotion);
        return block -> {
            RegistryAuthentication from = login(given);
            // One registry, one credential, unless another one is named.
            Optional<String> other = given.text("toCredentialsId");
            RegistryAuthentication to =
                    other.isEmpty() && target.host().equals(image.host()) ? from : around.login(other);
            around.reaching(target.host());
            PromotionReceipt receipt = request.with(from, to).run(around.reaching(image.host()));
            receipt.lines().forEach(around::say);
            return receipt.asMap();
        };
    }

    Work deleteImageTag(Arguments given) {
        ImageReference tagged = ImageReference.tagged(given.image("image"), new Tag(given.needed("tag")));
        TagRemoval removal = new TagRemoval(tagged, given.text("expectedDigest").map(Digest::parse), false);
        return block -> {
            String digest = removal.with(login(given))
                    .run(around.reaching(tagged.name().host()))
                    .digest();
            around.say("Deleted " + tagged + ", which was " + digest);
            return digest;
        };
    }

    Work pruneImageTags(Arguments given) {
        ImageName image = given.image("image");
        boolean orphans = given.flag("orphans");
        boolean onlyOrphans = orphans
                && given.count("keep").isEmpty()
                && given.count("olderThanDays").isEmpty();
        RetentionPolicy policy = onlyOrphans
                ? RetentionPolicy.keepingAll()
                : new RetentionPolicy(
                        given.selection(),
                        given.count("keep"),
                        given.count("olderThanDays"),
                        new ProtectedTags(given.words("protect")));
        PruneRequest tags = new PruneRequest(
                image, policy, given.count("maxDelete").orElse(Integer.MAX_VALUE), given.flag("dryRun"));
        PruneRequest request = orphans ? tags.withOrphans() : tags;
        return block -> {
            PruneReceipt receipt = request.with(login(given)).run(around.reaching(image.host()));
            around.say(receipt.line());
            return receipt.asMap();
        };
    }

    private RegistryAuthentication login(Arguments given) {
        return around.login(given.text("credentialsId"));
    }
}
