package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagQueryTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final Optional<TagPattern> WEEKS = Optional.of(TagPattern.of("{year}.{week}.{build}"));

    private static TagQuery.Found find(InMemoryRegistry registry, Optional<TagPattern> pattern, int limit)
            throws Exception {
        return new TagQuery(ImageName.parse(registry.host() + "/" + IMAGE), pattern, limit)
                .with(RegistryAuthentication.ANONYMOUS)
                .run(TestNetwork.of(registry).context());
    }

    private static TagQuery.Found find(InMemoryDockerHub hub, Optional<TagPattern> pattern, int limit)
            throws Exception {
        return new TagQuery(ImageName.parse(IMAGE), pattern, limit)
                .with(RegistryAuthentication.ANONYMOUS)
                .run(TestNetwork.of(hub).context());
    }

    @Test
    void listsTheNewestVersionsFirstAndNoOtherTags() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.addTags(
                    IMAGE,
                    TestImage.docker(1),
                    List.of("2017.9.104", "latest", "2017.10.105", "2016.52.9", "2017.9.103"));

            assertThat(find(registry, WEEKS, 10))
                    .isEqualTo(new TagQuery.Found(
                            List.of(
                                    new Tag("2017.10.105"),
                                    new Tag("2017.9.104"),
                                    new Tag("2017.9.103"),
                                    new Tag("2016.52.9")),
                            4,
                            5));
            assertThat(find(registry, WEEKS, 2))
                    .isEqualTo(new TagQuery.Found(List.of(new Tag("2017.10.105"), new Tag("2017.9.104")), 4, 5));
        }
    }

    @Test
    void listsTagsInTheRegistrysOrderWithoutAPattern() throws Exception {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxPageSize(2).start()) {
            registry.addTags(IMAGE, TestImage.docker(1), List.of("b", "a", "d", "c", "e"));

            assertThat(find(registry, Optional.empty(), 10).tags())
                    .extracting(Tag::value)
                    .containsExactly("a", "b", "c", "d", "e");
            assertThat(find(registry, Optional.empty(), 3).tags())
                    .extracting(Tag::value)
                    .containsExactly("a", "b", "c");
        }
    }

    @Test
    void leavesTagsOfAttachmentsOutWithoutAPattern() throws Exception {
        String digest = "sha256-" + "2d".repeat(32);
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.addTags(
                    IMAGE,
                    TestImage.docker(1),
                    List.of("1.0", digest, digest + ".sig", digest + ".att", digest + ".sbom", "sha256-2d"));

            assertThat(find(registry, Optional.empty(), 10).tags())
                    .extracting(Tag::value)
                    .containsExactly("1.0", "sha256-2d");
        }
    }

    @Test
    void listsWhatWasPushedLastToDockerHubFirst() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
            for (int i = 0; i < 250; i++) {
                hub.registry().push(IMAGE, "t" + i, TestImage.docker(i % 3));
            }

            assertThat(find(hub, Optional.empty(), 3).tags())
                    .extracting(Tag::value)
                    .containsExactly("t249", "t248", "t247");
            assertThat(find(hub, Optional.empty(), 1000).tags()).hasSize(250).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NEXT_PAGE_TOKEN, 100",
        "ABSOLUTE_LINK, 100",
        "UNSORTED_PAGES, 100",
        // A round number of tags may be where the registry cut its list, so the next page is requested, too.
        "IGNORES_PAGING, 3",
        "ERROR_ABOVE_1000_TAGS, 101",
    })
    void findsTheNewestOfAHundredThousandTagsWhateverTheRegistrysWays(Quirk quirk, int requests) throws Exception {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxPageSize(1000).with(quirk).start()) {
            registry.addTags(
                    IMAGE,
                    TestImage.docker(1),
                    IntStream.range(0, 100_000).mapToObj(i -> "2017.2." + i).toList());

            TagQuery.Found found = find(registry, WEEKS, 2);

            assertThat(found)
                    .isEqualTo(new TagQuery.Found(
                            List.of(new Tag("2017.2.99999"), new Tag("2017.2.99998")), 100_000, 100_000));
            assertThat(registry.requests().count()).isEqualTo(requests);
        }
    }

    @Test
    void holdsNoMoreThanTheAnswerWhileItLooks() {
        TagCollector collector = TagCollector.newest(WEEKS, 5);

        IntStream.range(0, 1000).forEach(i -> {
            collector.accept(new ListedTag(new Tag("2017.2." + i), Optional.empty(), Optional.empty(), Map.of()));
            assertThat(collector.tags()).hasSizeLessThanOrEqualTo(5);
        });

        assertThat(collector.tags()).hasSize(5).first().isEqualTo(new Tag("2017.2.999"));
    }

    @Test
    void findsNothingInARepositoryWithoutTags() throws Exception {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().with(Quirk.NULL_TAGS_WHEN_EMPTY).start()) {
            registry.createRepository(IMAGE);
            assertThat(find(registry, Optional.empty(), 10)).isEqualTo(new TagQuery.Found(List.of(), 0, 0));
        }
    }

    @Test
    void refusesAListThatNeverEnds() {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .maxPageSize(2)
                .with(Quirk.REPEATS_A_PAGE)
                .start()) {
            registry.addTags(IMAGE, TestImage.docker(1), List.of("a", "b", "c"));
            assertThatThrownBy(() -> find(registry, Optional.empty(), 10))
                    .isInstanceOf(RegistryException.class)
                    .hasMessage("Cannot list the tags of " + registry.host() + "/" + IMAGE + " on " + registry.uri()
                            + ": it sends the same page repeatedly; nothing is done without a complete list");
        }
    }

    @Test
    void refusesALimitOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TagQuery(ImageName.parse(IMAGE), Optional.empty(), 0))
                .withMessage("'limit' must be at least 1");
    }

    @Test
    void readFirstEndsWithWhatItHasReadOfALongList() throws Exception {
        List<String> tags =
                IntStream.rangeClosed(1, 950).mapToObj(i -> "2026.47." + i).toList();
        try (InMemoryRegistry registry =
                        InMemoryRegistry.builder().maxPageSize(100).start();
                InMemoryDockerHub hub = InMemoryDockerHub.builder().start()) {
            registry.addTags(IMAGE, TestImage.docker(1), tags);
            hub.registry().addTags(IMAGE, TestImage.docker(1), tags);
            TagQuery there = new TagQuery(ImageName.parse(registry.host() + "/" + IMAGE), WEEKS, 1);
            TagQuery onHub = new TagQuery(ImageName.parse(IMAGE), WEEKS, 1);

            TagQuery.Found found = there.with(RegistryAuthentication.ANONYMOUS)
                    .readFirst(TestNetwork.of(registry).context(), 150);
            assertThat(found.checked()).isEqualTo(150);
            assertThat(registry.requests().count("GET", "/v2/.*/tags/list")).isEqualTo(2);
            assertThat(onHub.with(RegistryAuthentication.ANONYMOUS)
                            .readFirst(TestNetwork.of(hub).context(), 150)
                            .checked())
                    .isEqualTo(150);
            assertThat(onHub.with(RegistryAuthentication.ANONYMOUS)
                            .readFirst(TestNetwork.of(hub).context(), 951))
                    .isEqualTo(new TagQuery.Found(List.of(new Tag("2026.47.950")), 950, 950));
        }
    }
}
