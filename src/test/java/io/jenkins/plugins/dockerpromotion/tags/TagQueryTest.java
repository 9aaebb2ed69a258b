package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery.Found;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TagQueryTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final ImageName ON_HUB = ImageName.parse(IMAGE);
    private static final String WEEKS = "{year}.{week}.{build}";
    private static final Optional<TagPattern> BY_WEEK = Optional.of(TagPattern.of(WEEKS));

    private InMemoryRegistry registry = InMemoryRegistry.start();

    @AfterEach
    void close() {
        registry.close();
    }

    private void open(int pageSize, Quirk... quirks) {
        registry.close();
        registry = InMemoryRegistry.builder().maxPageSize(pageSize).with(quirks).start();
    }

    private void push(String... tags) {
        push(List.of(tags));
    }

    private void push(List<String> tags) {
        registry.addTags(IMAGE, TestImage.docker(1), tags);
    }

    private static List<String> numbered(String prefix, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(n -> prefix + n).toList();
    }

    private ImageName image() {
        return registry.image(IMAGE);
    }

    private Found all(Optional<TagPattern> pattern, int limit) throws Exception {
        return new TagQuery(image(), pattern, limit)
                .run(TestNetwork.of(registry).context());
    }

    private Found ofBuild(String pattern, long build) throws Exception {
        return TagQuery.ofBuild(image(), TagPattern.of(pattern), BigInteger.valueOf(build))
                .run(TestNetwork.of(registry).context());
    }

    private static Found found(int matching, int checked, String... tags) {
        return new Found(List.of(tags).stream().map(Tag::new).toList(), matching, checked);
    }

    // The newest

    @Test
    void listsTheNewestVersionsFirstAndNoOtherTags() throws Exception {
        push("2017.9.104", "latest", "2017.10.105", "2016.52.9", "2017.9.103");

        assertThat(all(BY_WEEK, 10)).isEqualTo(found(4, 5, "2017.10.105", "2017.9.104", "2017.9.103", "2016.52.9"));
        assertThat(all(BY_WEEK, 2)).isEqualTo(found(4, 5, "2017.10.105", "2017.9.104"));
    }

    @Test
    void listsTagsInTheRegistrysOrderWithoutAPattern() throws Exception {
        open(2);
        push("b", "a", "d", "c", "e");

        assertThat(all(Optional.empty(), 10)).isEqualTo(found(5, 5, "a", "b", "c", "d", "e"));
        assertThat(all(Optional.empty(), 3)).isEqualTo(found(5, 5, "a", "b", "c"));
    }

    @Test
    void leavesTagsOfAttachmentsOutWithoutAPattern() throws Exception {
        String digest = "sha256-" + "2d".repeat(32);
        push("1.0", digest, digest + ".sig", digest + ".att", digest + ".sbom", "sha256-2d");

        assertThat(all(Optional.empty(), 10)).isEqualTo(found(2, 6, "1.0", "sha256-2d"));
    }

    @Test
    void listsWhatWasPushedLastToDockerHubFirst() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            for (int i = 0; i < 250; i++) {
                hub.registry().push(IMAGE, "t" + i, TestImage.docker(i % 3));
            }

            assertThat(new TagQuery(ON_HUB, Optional.empty(), 3)
                            .run(TestNetwork.of(hub).context()))
                    .isEqualTo(found(250, 250, "t249", "t248", "t247"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "NEXT_PAGE_TOKEN, 100",
        "ABSOLUTE_LINK, 100",
        "UNSORTED_PAGES, 100",
        // A round number of tags may be the registry's page size, so the next page is requested too.
        "IGNORES_PAGING, 3",
        "ERROR_ABOVE_1000_TAGS, 101",
    })
    void findsTheNewestOfAHundredThousandTagsWhateverTheRegistrysWays(Quirk quirk, int requests) throws Exception {
        open(1000, quirk);
        push(numbered("2017.2.", 0, 100_000));

        assertThat(all(BY_WEEK, 2)).isEqualTo(found(100_000, 100_000, "2017.2.99999", "2017.2.99998"));
        assertThat(registry.requests().count()).isEqualTo(requests);
    }

    @Test
    void holdsNoMoreThanTheAnswerWhileItLooks() {
        TagQuery.Newest newest = new TagQuery.Newest(BY_WEEK, version -> true, 5);

        for (String tag : numbered("2017.2.", 0, 1000)) {
            newest.accept(new ListedTag(new Tag(tag), Optional.empty(), Optional.empty(), Map.of()));
            assertThat(newest.found().tags()).hasSizeLessThanOrEqualTo(5);
        }

        assertThat(newest.found().tags()).hasSize(5).first().isEqualTo(new Tag("2017.2.999"));
    }

    @Test
    void findsNothingInARepositoryWithoutTags() throws Exception {
        open(100, Quirk.NULL_TAGS_WHEN_EMPTY);
        registry.createRepository(IMAGE);

        assertThat(all(Optional.empty(), 10)).isEqualTo(found(0, 0));
    }

    @Test
    void refusesAListThatNeverEnds() {
        open(2, Quirk.REPEATS_A_PAGE);
        push("a", "b", "c");

        assertThatThrownBy(() -> all(Optional.empty(), 10))
                .isInstanceOf(RegistryException.class)
                .hasMessage("Cannot list the tags of " + image() + " on " + registry.uri()
                        + ": it sends the same page repeatedly; nothing is done without a complete list");
    }

    @Test
    void refusesALimitOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TagQuery(ON_HUB, Optional.empty(), 0))
                .withMessage("'limit' must be at least 1");
    }

    @Test
    void readFirstEndsWithWhatItHasReadOfALongList() throws Exception {
        open(100);
        List<String> tags = numbered("2026.47.", 1, 950);
        push(tags);
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            hub.registry().addTags(IMAGE, TestImage.docker(1), tags);
            TagQuery there = new TagQuery(image(), BY_WEEK, 1);
            TagQuery onHub = new TagQuery(ON_HUB, BY_WEEK, 1);

            assertThat(there.readFirst(TestNetwork.of(registry).context(), 150).checked())
                    .isEqualTo(150);
            assertThat(registry.requests().count("GET", "/v2/.*/tags/list")).isEqualTo(2);
            assertThat(onHub.readFirst(TestNetwork.of(hub).context(), 150).checked())
                    .isEqualTo(150);
            assertThat(onHub.readFirst(TestNetwork.of(hub).context(), 951)).isEqualTo(found(950, 950, "2026.47.950"));
        }
    }

    // The tags of a build

    private static final List<String> LOOKALIKES = List.of(
            "2017.2.103",
            "2017.2.1030",
            "2017.2.2103",
            "2017x2y103",
            "2017.2.103-rc",
            "latest",
            "2017.9.104",
            "2017.10.104");

    @Test
    void findsTheTagsOfABuildByNumberAndNoneThatOnlyLooksLikeOne() throws Exception {
        push(LOOKALIKES);

        assertThat(ofBuild(WEEKS, 103)).isEqualTo(found(1, LOOKALIKES.size(), "2017.2.103"));
        assertThat(registry.requests().count()).isEqualTo(1);
        assertThat(ofBuild(WEEKS, 104).tags()).containsExactly(new Tag("2017.10.104"), new Tag("2017.9.104"));
        assertThat(ofBuild(WEEKS, 1).tags()).isEmpty();
    }

    @Test
    void asksDockerHubOnceToLogInAndOnceForEachHundredTags() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder()
                .user("ci", "secret")
                .privateRepository(IMAGE)
                .start()) {
            List<String> tags = new ArrayList<>(LOOKALIKES);
            tags.addAll(numbered("2018.1.", 2000, 242));
            hub.registry().addTags(IMAGE, TestImage.docker(1), tags);

            assertThat(TagQuery.ofBuild(ON_HUB, TagPattern.of(WEEKS), BigInteger.valueOf(103))
                            .with(new Basic("ci", "secret"))
                            .run(TestNetwork.of(hub).context()))
                    .isEqualTo(found(1, 250, "2017.2.103"));
            assertThat(hub.requests().count("POST", "/v2/auth/token")).isEqualTo(1);
            assertThat(hub.requests().count()).as(hub.requests().summary()).isEqualTo(1 + 3);
            assertThat(hub.registry().requests().count()).isZero();
        }
    }

    @Test
    void tellsAMissingRepositoryFromAMissingTag() {
        assertThatThrownBy(() -> ofBuild(WEEKS, 1)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void needsAPatternWithABuild() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TagQuery.ofBuild(ON_HUB, TagPattern.of("{major}.{minor}"), BigInteger.ONE))
                .withMessageContaining("{build}");
    }

    @ParameterizedTest
    @CsvSource({"{build}, 150", "build-{build}, build-150", "1.{build}-alpine, 1.150-alpine"})
    void asksForTheOnlyTagThatABuildCanHave(String pattern, String tag) throws Exception {
        open(10);
        push(numbered("other-", 100, 50));
        push(tag);

        assertThat(ofBuild(pattern, 150)).isEqualTo(found(1, 1, tag));

        assertThat(registry.requests().all())
                .singleElement()
                .satisfies(request -> assertThat(request.method()).isEqualTo("HEAD"));
    }

    @Test
    void asksForTheOnlyTagOnDockerHubAsWell() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            hub.registry().addTags(IMAGE, TestImage.docker(1), numbered("build-", 100, 500));

            assertThat(TagQuery.ofBuild(ON_HUB, TagPattern.of("build-{build}"), BigInteger.valueOf(300))
                            .run(TestNetwork.of(hub).context()))
                    .isEqualTo(found(1, 1, "build-300"));
            assertThat(hub.requests().count()).as("pages of tags").isZero();
        }
    }

    @Test
    void countsAllTagsWhereTheOnlyOneIsMissing() throws Exception {
        open(10);
        push(numbered("build-", 100, 25));

        assertThat(ofBuild("build-{build}", 7)).isEqualTo(found(0, 25));
    }

    @ParameterizedTest
    @EnumSource(names = {"OLDEST_FIRST", "UNSORTED_PAGES", "IGNORES_PAGING"})
    void missesNoTagOfAListThatIsNotSorted(Quirk order) throws Exception {
        open(10, order);
        for (String prefix : List.of("commit-", "release-1.", "sha-", "release-2.")) {
            push(numbered(prefix, 100, 20));
        }

        assertThat(ofBuild("release-{major}.{build}", 117)).isEqualTo(found(2, 80, "release-2.117", "release-1.117"));
    }

    @Test
    void skipsToTheTagsOfThePatternInASortedList() throws Exception {
        open(10);
        for (String prefix : List.of("commit-", "sha-")) {
            push(numbered(prefix, 100, 500));
        }
        push(numbered("release-1.", 100, 25));

        assertThat(ofBuild("release-{major}.{build}", 117).tags()).containsExactly(new Tag("release-1.117"));
        assertThat(registry.requests().count())
                .as("the first page and those of the releases; " + registry.requests())
                .isEqualTo(1 + 3);
    }

    @Test
    void readsNoPageTwiceWhereTheTagsOfThePatternAreOnTheFirst() throws Exception {
        open(10);
        push("1.0");
        push(numbered("v1.", 100, 5));
        push(numbered("w", 100, 500));

        assertThat(ofBuild("v{major}.{build}", 103).tags()).containsExactly(new Tag("v1.103"));
        assertThat(registry.requests().count()).isEqualTo(2);
    }

    @Test
    void readsAllTagsBeforeItSaysThatThereIsNone() throws Exception {
        open(10);
        push(numbered("commit-", 100, 50));
        push(numbered("release-1.", 100, 25));

        assertThat(ofBuild("release-{major}.{build}", 7)).isEqualTo(found(0, 75));
    }

    /** The second page starts where that of a sorted list would, according to the first page. */
    @Test
    void isNotDeceivedByAListThatBeginsAgainAfterAnUnknownTag() throws Exception {
        open(10, Quirk.OLDEST_FIRST);
        for (String prefix : List.of("release-1.", "sha-", "release-2.")) {
            push(numbered(prefix, 100, 20));
        }

        assertThat(ofBuild("release-{major}.{build}", 105).tags())
                .containsExactly(new Tag("release-2.105"), new Tag("release-1.105"));
    }

    @Test
    void readsPageAfterPageWhereARegistryRefusesToBeginAfterAnUnknownTag() throws Exception {
        open(10);
        push(numbered("commit-", 100, 20));
        push(numbered("release-1.", 100, 20));
        registry.onRequest(
                request -> request.parameters("last").contains("release--"),
                Fault.status(400).always());

        assertThat(ofBuild("release-{major}.{build}", 117).tags()).containsExactly(new Tag("release-1.117"));
    }
}
