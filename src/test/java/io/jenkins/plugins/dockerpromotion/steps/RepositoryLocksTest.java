package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.steps.RepositoryLocks.Lock;
import io.jenkins.plugins.dockerpromotion.steps.RepositoryLocks.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepositoryLocksTest {

    private final RepositoryLocks locks = new RepositoryLocks(Runnable::run);
    private final List<String> begun = new ArrayList<>();

    private Lock request(String who, Names names) {
        return locks.request(names, () -> begun.add(who));
    }

    private static Names tags(String... tags) {
        return Names.promotions(
                Stream.of(tags).map(tag -> promotion(tag.split(":")[0], tag)).toList());
    }

    private static PromotionRequest promotion(String from, String target) {
        String[] to = target.split(":");
        return PromotionRequest.of(
                new ImageReference(ImageName.parse(from), "source"),
                ImageName.parse(to[0]),
                List.of(to[1]),
                new PromotionRequest.Options(false, false, false));
    }

    private static Names repository(String image) {
        return Names.repository(ImageName.parse(image));
    }

    @Test
    void oneAfterTheOtherChangesATagAndOthersNeedNotWait() {
        Lock first = request("first", tags("a/b:latest"));
        Lock second = request("second", tags("a/b:latest"));
        request("other tag", tags("a/b:1.0"));
        request("other image", tags("a/c:latest"));
        assertThat(begun).containsExactly("first", "other tag", "other image");
        assertThat(second.isHeld()).isFalse();

        first.release();

        assertThat(begun).endsWith("second");
    }

    @Test
    void whatMayDeleteAnyTagOfARepositoryTakesTurnsWithAllThatChangesTagsThere() {
        Lock promotion = request("promotion", tags("a/b:latest"));
        Lock prune = request("prune", repository("a/b"));
        request("elsewhere", repository("a/c"));
        request("later promotion", tags("a/b:1.0"));
        assertThat(begun).containsExactly("promotion", "elsewhere");

        promotion.release();
        assertThat(begun).endsWith("elsewhere", "prune");

        prune.release();
        assertThat(begun).endsWith("later promotion");
    }

    @Test
    void aSourceIsNotPrunedWhileItIsPromoted() {
        Lock promotion = request("promotion", Names.promotions(List.of(promotion("dev/b", "prod/b:1"))));
        request("other promotion", tags("dev/b:latest"));
        request("prune", repository("dev/b"));
        assertThat(begun).containsExactly("promotion", "other promotion");
        promotion.release();
        assertThat(begun).doesNotContain("prune");
    }

    @Test
    void nobodyOvertakesAStepThatWaitsForTwoTags() {
        Lock one = request("one", tags("a/b:1"));
        Lock two = request("both", tags("a/b:1", "a/b:2"));
        List<Lock> later = Stream.of("a/b:2", "a/b:2", "a/b:1")
                .map(t -> request("later " + t, tags(t)))
                .toList();
        assertThat(begun).containsExactly("one");

        one.release();
        assertThat(begun).containsExactly("one", "both");

        two.release();
        assertThat(begun).containsExactly("one", "both", "later a/b:2", "later a/b:1");
        later.get(0).release();
        assertThat(begun).hasSize(5);
    }

    @Test
    void aStepThatIsAbortedWhileItWaitsLetsOthersPass() {
        Lock held = request("held", tags("a/b:1"));
        Lock aborted = request("aborted", repository("a/b"));
        request("next", tags("a/b:2"));

        aborted.release();
        aborted.release();
        assertThat(begun).containsExactly("held", "next");

        held.release();
        assertThat(begun).doesNotContain("aborted");
        assertThat(locks.count()).isOne();
    }
}
