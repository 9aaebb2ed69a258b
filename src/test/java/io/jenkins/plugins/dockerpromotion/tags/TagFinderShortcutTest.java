package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Finding a build without reading all tags, and never at the price of a wrong answer. */
class TagFinderShortcutTest {

    private static final int PAGE = 10;

    private static List<String> tags(String prefix, int count) {
        return IntStream.range(100, 100 + count).mapToObj(n -> prefix + n).toList();
    }

    private static InMemoryRegistry registry(Quirk... quirks) throws Exception {
        return InMemoryRegistry.builder().maxPageSize(PAGE).with(quirks).start();
    }

    private static TagFinder.Found find(InMemoryRegistry registry, String pattern, long build) throws Exception {
        return new TagFinder(
                        ImageName.parse(registry.host() + "/group/app"),
                        TagPattern.of(pattern),
                        BigInteger.valueOf(build))
                .with(RegistryAuthentication.ANONYMOUS)
                .run(TestNetwork.of(registry).context());
    }

    /** Pushes batches one after another. */
    @SafeVarargs
    private static void push(InMemoryRegistry registry, List<String>... batches) {
        for (List<String> batch : batches) {
            registry.addTags("group/app", TestImage.docker(1), batch);
        }
    }

    @ParameterizedTest
    @CsvSource({"{build}, 150", "build-{build}, build-150", "1.{build}-alpine, 1.150-alpine"})
    void asksForTheOnlyTagThatABuildCanHave(String pattern, String tag) throws Exception {
        try (InMemoryRegistry registry = registry()) {
            push(registry, tags("other-", 50), List.of(tag));

            assertThat(find(registry, pattern, 150).tags()).containsExactly(new Tag(tag));

            assertThat(registry.requests().all())
                    .singleElement()
                    .satisfies(request -> assertThat(request.method()).isEqualTo("HEAD"));
        }
    }

    @Test
    void asksForTheOnlyTagOnDockerHubAsWell() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
            hub.registry().addTags("technolog/serviceone", TestImage.docker(1), tags("build-", 500));
            TagFinder finder = new TagFinder(
                    ImageName.parse("technolog/serviceone"), TagPattern.of("build-{build}"), BigInteger.valueOf(300));

            TagFinder.Found found = finder.with(RegistryAuthentication.ANONYMOUS)
                    .run(TestNetwork.of(hub).context());

            assertThat(found.tags()).containsExactly(new Tag("build-300"));
            assertThat(hub.requests().count()).as("pages of tags").isZero();
        }
    }

    @Test
    void countsAllTagsWhereTheOnlyOneIsMissing() throws Exception {
        try (InMemoryRegistry registry = registry()) {
            push(registry, tags("build-", 25));

            TagFinder.Found found = find(registry, "build-{build}", 7);

            assertThat(found.tags()).isEmpty();
            assertThat(found.checked()).isEqualTo(25);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Quirk.class,
            names = {"OLDEST_FIRST", "UNSORTED_PAGES", "IGNORES_PAGING"})
    void missesNoTagOfAListThatIsNotSorted(Quirk order) throws Exception {
        try (InMemoryRegistry registry = registry(order)) {
            push(registry, tags("commit-", 20), tags("release-1.", 20), tags("sha-", 20), tags("release-2.", 20));

            assertThat(find(registry, "release-{major}.{build}", 117).tags())
                    .extracting(Tag::value)
                    .containsExactly("release-2.117", "release-1.117");
        }
    }
}
