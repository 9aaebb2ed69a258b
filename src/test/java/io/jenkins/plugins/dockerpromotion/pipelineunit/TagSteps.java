package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.attachment.Inspection;
import io.jenkins.plugins.dockerpromotion.attachment.SignatureCheck;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.TrainReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.TrainRequest;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The steps that read, promote and delete tags. Each checks its parameters first and returns the work to do. */
final class TagSteps {

    private final Surroundings around;

    TagSteps(Surroundings around) {
        this.around = around;
    }

    Work findTagForBuild(Arguments given) {
        ImageName image = given.image("image");
        TagPattern pattern = given.selection().orElseGet(() -> TagPattern.of(TagPattern.DEFAULT));
        long build = given.number("build").filter(number -> number >= 0).orElseThrow(TagSteps::noBuild);
        TagQuery finder = TagQuery.ofBuild(image, pattern, BigInteger.valueOf(build));
        return block -> {
            TagQuery.Found found = finder.with(login(given)).run(around.reaching(image.host()));
            if (!found.tags().isEmpty()) {
                around.say("Found " + image + ":" + found.tags().get(0) + " among " + found.checked() + " tags");
                return found.tags().get(0).value();
            }
            if (!given.flag("optional")) {
                throw new IOException("Cannot find the tag of build " + build + " of " + image + ": none of the "
                        + found.checked() + " tags is " + finder);
            }
            return null;
        };
    }

    private static IllegalArgumentException noBuild() {
        return new IllegalArgumentException("'build' is required");
    }

    Work imageTags(Arguments given) {
        ImageName image = given.image("image");
        TagQuery query =
                new TagQuery(image, given.selection(), given.count("limit").orElse(Integer.MAX_VALUE));
        return block -> {
            TagQuery.Found found = query.with(login(given)).run(around.reaching(image.host()));
            around.say("Listed " + found.tags().size() + " of " + found.checked() + " tags of " + image);
            return new ArrayList<>(found.tags().stream().map(Tag::value).toList());
        };
    }

    Work imageInfo(Arguments given) {
        ImageReference reference = new ImageReference(given.image("image"), given.needed("tag"));
        return block -> new Inspection(reference, given.flag("details"), login(given))
                .run(around.reaching(reference.name().host()))
                .asMap();
    }

    Work promoteImage(Arguments given) {
        PromotionRequest request = promotion(given, given, given.words("to"));
        return block -> {
            PromotionReceipt receipt = complete(request, given, given)
                    .run(around.reaching(request.source().name().host()));
            receipt.lines().forEach(around::say);
            return receipt.asMap();
        };
    }

    /** Each image takes the arguments of {@code promoteImage}. The arguments of the step are its defaults. */
    Work promoteImages(Arguments given) {
        StepSignature signature = StepSignature.all().stream()
                .filter(step -> step.step().equals("promoteImage"))
                .findFirst()
                .orElseThrow();
        List<Arguments> images = given.maps("images").stream()
                .map(image -> signature.read(image).arguments())
                .toList();
        TrainRequest train = new TrainRequest(images.stream()
                .map(image -> promotion(
                        image,
                        given,
                        image.given().containsKey("to") || given.words("to").isEmpty()
                                ? image.words("to")
                                : given.words("to")))
                .toList());
        return block -> {
            List<PromotionRequest> requests = new ArrayList<>();
            for (int i = 0; i < images.size(); i++) {
                requests.add(complete(train.images().get(i), images.get(i), given));
            }
            TrainReceipt receipt = new TrainRequest(requests)
                    .run(around.reaching(requests.get(0).source().name().host()));
            receipt.images().forEach(image -> image.lines().forEach(around::say));
            return receipt.asMap();
        };
    }

    private static PromotionRequest promotion(Arguments given, Arguments all, List<String> to) {
        ImageReference source = new ImageReference(given.image("image"), given.needed("tag"));
        PromotionRequest request = PromotionRequest.of(
                source,
                given.text("toImage").map(ImageName::parse).orElse(source.name()),
                to,
                new PromotionRequest.Options(
                        given.flag("overwrite") || all.flag("overwrite"),
                        given.flag("referrers") && all.flag("referrers"),
                        given.flag("requireReferrers"),
                        all.flag("dryRun")));
        return given.text("expectedDigest")
                .map(digest -> request.expecting(Digest.parse(digest)))
                .orElse(request);
    }

    private PromotionRequest complete(PromotionRequest request, Arguments given, Arguments all) {
        RegistryAuthentication from = around.login(given.text("credentialsId").or(() -> all.text("credentialsId")));
        // Within one registry, the source credentials also apply to the target, unless others are set.
        Optional<String> other = given.text("toCredentialsId");
        RegistryAuthentication to = other.isEmpty() && request.isWithinRegistry() ? from : around.login(other);
        around.reaching(request.toImage().host());
        Map<String, Object> required =
                given.map("verify").orElseGet(() -> all.map("verify").orElse(null));
        PromotionRequest complete = request.with(from, to);
        if (required == null) {
            return complete;
        }
        return complete.verifying(List.of(requirement("'verify'", required)));
    }

    /** Keys are PEM texts here, because the test's credentials cannot hold keys. */
    @SuppressWarnings("unchecked") // steps.txt declares the types
    private static VerificationRequirement requirement(String step, Map<String, Object> given) {
        return new VerificationRequirement(
                step, (List<String>) given.getOrDefault("publicKeys", List.of()), (List<String>)
                        given.getOrDefault("attestations", List.of()));
    }

    Work verifyImage(Arguments given) {
        ImageReference reference = new ImageReference(given.image("image"), given.needed("tag"));
        VerificationRequirement requirement = requirement("verifyImage", given.given());
        return block -> {
            VerifiedImage verified = new SignatureCheck(reference, requirement, given.flag("predicates"), login(given))
                    .run(around.reaching(reference.name().host()));
            around.say(reference + " is " + verified.digest() + ", " + verified.summary());
            return verified.asMap();
        };
    }

    /** Returns an empty history, because only Jenkins records promotions. */
    Work imageHistory(Arguments given) {
        ImageReference tagged = ImageReference.tagged(given.image("image"), new Tag(given.needed("tag")));
        return block -> {
            around.say("Nothing is recorded of " + tagged);
            return new ArrayList<>();
        };
    }

    Work rollbackImage(Arguments given) {
        return block -> {
            throw new IllegalArgumentException(
                    "nothing is recorded in this test; give rollbackImage an answer of your own");
        };
    }

    Work deleteImageTag(Arguments given) {
        ImageReference tagged = ImageReference.tagged(given.image("image"), new Tag(given.needed("tag")));
        TagRemoval removal = new TagRemoval(tagged, given.text("expectedDigest").map(Digest::parse));
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
                        given.selection(), given.count("keep"), given.count("olderThanDays"), given.words("protect"));
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
