package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagListTest extends ClientTest {

    private void start(InMemoryRegistry.Builder builder, int tags) {
        start(builder);
        List<String> names =
                IntStream.range(0, tags).mapToObj(i -> "2019.20." + i).toList();
        if (tags > 0) {
            registry.addTags("group/app", TestImage.docker(1), names);
        }
    }

    private List<String> list() throws RegistryException, InterruptedException {
        return list(0);
    }

    private List<String> list(int pageSize) throws RegistryException, InterruptedException {
        network = new TestNetwork()
                .and(new RegistryLocation(
                        registry.host(), registry.uri(), registry.uri(), "", pageSize, List.of(), ""));
        List<String> tags = new ArrayList<>();
        list(client(), image("app"), listed -> tags.add(listed.tag().value()));
        return tags;
    }

    /** A page of 1000 tags without a link may be truncated, so the client sends one more request. */
    @ParameterizedTest
    @CsvSource({"1, 1000, 1", "1000, 1000, 2", "1001, 1000, 2", "2500, 1000, 3", "2500, 100, 25", "10000, 10000, 2"})
    void sendsOneRequestAPage(int tags, int largestPage, int requests) throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(largestPage), tags);
        assertThat(list()).hasSize(tags).doesNotHaveDuplicates();
        assertThat(registry.requests().count()).isEqualTo(requests);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "NEXT_PAGE_TOKEN",
                "ABSOLUTE_LINK",
                "LINK_WITH_PATH_OF_A_PROXY",
                "UNSORTED_PAGES",
                "OLDEST_FIRST",
                "IGNORES_PAGING",
                "ERROR_ABOVE_1000_TAGS",
                "NO_LINK",
            })
    void listsAllTagsWhateverTheRegistrysWays(Quirk quirk) throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(1000).with(quirk), 2500);
        assertThat(list()).containsExactlyInAnyOrderElementsOf(registry.tags("group/app"));
    }

    /** Requested page size (0 for the default), largest page size of the registry, and number of tags. */
    @ParameterizedTest
    @CsvSource({
        "100, 10000, 250",
        "100, 10000, 100",
        "100, 10000, 200",
        "0, 100, 250",
        "0, 100, 100",
        "0, 50, 101",
        "0, 1000, 2000",
        "0, 10000, 10001",
        "7, 10000, 15",
        "1, 10000, 3",
        "200, 30, 95",
        "0, 30, 95",
        "0, 40, 41",
        "0, 75, 150",
        "0, 99, 98",
        "0, 150, 301",
        "0, 300, 600",
        "0, 3000, 3001",
        "0, 9000, 9001",
        "100, 10000, 201",
        "0, 10000, 20"
    })
    void asksOnWhereAPageMayHaveBeenCutWithoutAWord(int size, int largestPage, int tags) throws Exception {
        for (List<Quirk> ways : List.of(
                List.of(Quirk.NO_LINK),
                List.of(Quirk.NO_LINK, Quirk.LAST_INCLUDED),
                List.of(Quirk.NO_LINK, Quirk.UNSORTED_PAGES),
                List.of(Quirk.NO_LINK, Quirk.BEGINS_AGAIN),
                List.of(Quirk.IGNORES_PAGING))) {
            if (size == 1 && ways.contains(Quirk.LAST_INCLUDED)) {
                continue;
            }
            start(InMemoryRegistry.builder().maxPageSize(largestPage).with(ways.toArray(Quirk[]::new)), tags);
            assertThat(list(size)).as(ways.toString()).containsExactlyInAnyOrderElementsOf(registry.tags("group/app"));
            registry.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"100, 10000, 250", "0, 100, 250", "0, 10000, 10001", "1, 10000, 3", "100, 10000, 100"})
    void refusesAListThatMayHaveBeenCutWhereAskingOnDoesNotHelp(int size, int largestPage, int tags) {
        start(InMemoryRegistry.builder().maxPageSize(largestPage).with(Quirk.NO_LINK, Quirk.IGNORES_LAST), tags);
        assertThatThrownBy(() -> list(size))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("sends the same tags when asked for the tags after the last one")
                .hasMessageContaining("nothing is done without a complete list");
        registry.close();
        for (int status : new int[] {400, 404, 405, 422}) {
            start(InMemoryRegistry.builder().maxPageSize(largestPage).with(Quirk.NO_LINK), tags);
            registry.onRequest(
                    r -> !r.parameters("last").isEmpty(), Fault.status(status).always());
            assertThatThrownBy(() -> list(size))
                    .hasMessageContaining("may be cut off after exactly")
                    .hasMessageContaining("answers " + status);
            registry.close();
        }
    }

    /**
     * Older releases of Quay ignore {@code last}, and other registries reject it. Both link to the next page if there
     * is one.
     */
    @ParameterizedTest
    @ValueSource(ints = {200, 400, 404, 405, 422})
    void believesThatAListEndsWhereTheRegistryNamesNextPages(int status) throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NEXT_PAGE_TOKEN, Quirk.IGNORES_LAST), 50);
        if (status != 200) {
            registry.onRequest(
                    r -> !r.parameters("last").isEmpty(), Fault.status(status).always());
        }
        assertThat(list()).hasSize(50);
    }

    @Test
    void takesTheQueryOfALinkToTheAddressThatWasAsked() throws Exception {
        try (InMemoryRegistry elsewhere = InMemoryRegistry.builder().start()) {
            start(InMemoryRegistry.builder().maxPageSize(100).linksTo(elsewhere.uri()), 250);
            assertThat(list()).hasSize(250);
            assertThat(elsewhere.requests().count()).isZero();
        }
    }

    /** Malformed links: from old API documentation, or rewritten by a proxy. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<<http://registry.example.com/v2/group/app/tags/list?n=7&last=x>; rel=\"next\"",
                "/v2/group/app/tags/list?n=7&last=x; rel=\"next\"",
                "<>; rel=\"next\"",
                "<?last=x>",
                "<?last=x>; rel=\"http://registry.example.com/next\"",
                ""
            })
    void asksOnWhereALinkCannotBeRead(String link) throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(7).with(Quirk.NO_LINK), 23);
        registry.onRequest(r -> true, Fault.replaceHeader("Link", link).always());
        assertThat(list()).hasSize(23).doesNotHaveDuplicates();
    }

    @Test
    void asksOnWhereTheLinkOfALaterPageCannotBeRead() throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(7), 23);
        registry.onRequest(
                r -> !r.parameters("last").isEmpty(),
                Fault.replaceHeader("Link", "/v2/group/app/tags/list?n=7&last=x; rel=\"next\""));
        assertThat(list()).hasSize(23).doesNotHaveDuplicates();
    }

    @Test
    void namesATagOnceThatIsOnTwoPages() throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(100).with(Quirk.LAST_INCLUDED), 250);
        assertThat(list()).hasSize(250).doesNotHaveDuplicates();
    }

    @Test
    void saysHowFarALongListIs() throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(1000), 2500);
        registry.onRequest(
                r -> !r.parameters("last").isEmpty(), Fault.status(429).header("Retry-After", "30"));
        list();
        assertThat(network.notices()).contains("Reading the tags of " + registry.host() + "/group/app: 2000 so far");
    }

    @Test
    void asksForLessThanAnAdministratorWantsWhereThatIsAnError() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.ERROR_ABOVE_1000_TAGS), 2500);
        list(5000);
        assertThat(registry.requests().all())
                .extracting(r -> r.parameters("n").get(0))
                .startsWith("5000", "1000", "1000");
    }

    @Test
    void asksForLessWhereTheLargestPageIsAnError() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.ERROR_ABOVE_1000_TAGS), 2500);
        list();
        assertThat(registry.requests().all())
                .extracting(r -> r.parameters("n").get(0))
                .startsWith("10000", "1000");
        assertThat(registry.requests().count()).isEqualTo(4);
    }

    @Test
    void asksForLessWhereTheLargestPageFails() throws Exception {
        start(InMemoryRegistry.builder(), 2500);
        registry.onRequest(
                r -> r.parameters("n").equals(List.of("10000")),
                Fault.status(500).always());
        assertThat(list()).hasSize(2500);
    }

    @Test
    void takesNullForNoTags() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.NULL_TAGS_WHEN_EMPTY), 0);
        registry.createRepository("group/app");
        assertThat(list()).isEmpty();
    }

    @Test
    void saysThatThereIsNoSuchRepository() {
        start(InMemoryRegistry.builder(), 0);
        assertThatThrownBy(this::list)
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Cannot list the tags of " + registry.host() + "/group/app")
                .hasMessageContaining("check that it exists");
    }

    @Test
    void refusesPagesInACircle() {
        start(InMemoryRegistry.builder().maxPageSize(10).with(Quirk.REPEATS_A_PAGE), 100);
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the same page repeatedly");
        assertThat(registry.requests().count()).isLessThanOrEqualTo(3);
    }

    /** A {@code NotFoundException} would mean that the image does not exist. */
    @Test
    void refusesAListWhoseNextPageIsMissing() {
        start(InMemoryRegistry.builder().maxPageSize(10), 25);
        registry.onRequest(r -> !r.parameters("last").isEmpty(), Fault.status(404));
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .isNotInstanceOf(NotFoundException.class)
                .hasMessageContaining("names a next page, but answers 404")
                .hasMessageContaining("nothing is done without a complete list");
    }

    @Test
    void refusesEmptyPagesWithoutEnd() {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(
                r -> true,
                Fault.status(200)
                        .header("Link", "</v2/group/app/tags/list?last=x>; rel=\"next\"")
                        .body("{\"tags\":[]}")
                        .always());
        assertThatThrownBy(this::list).hasMessageContaining("the same page repeatedly");
        assertThat(registry.requests().count()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>",
                "[]",
                "{\"tags\":[\"a\"",
                "",
                "{}",
                "{\"name\":\"group/app\"}",
                "{\"tags\":{\"1.0\":{}}}",
                "{\"tags\":\"2019\"}",
                "{\"errors\":[]}",
                "{\"tags\":[\"1.0\",7]}",
                "{\"tags\":[null]}",
                "{\"tags\":[{\"name\":\"1.0\"}]}",
                "{\"tags\":null,\"errors\":[{\"code\":\"UNAVAILABLE\"}]}",
                "{\"errors\":[{\"code\":\"UNAVAILABLE\"}],\"tags\":[]}",
                "{\"errors\":{\"code\":\"UNAVAILABLE\"},\"tags\":[\"1.0\"]}",
                "{\"tags\":[\"1.0\"],\"errors\":\"unavailable\"}"
            })
    void refusesWhatIsNoList(String body) {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceBody(body).always());
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("Cannot list the tags of ")
                .hasMessageContaining("the answer is not ");
    }

    @Test
    void leavesOutWhatIsNoTag() throws Exception {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(
                r -> true, Fault.replaceBody("{\"tags\":[\"1.0\",\"../x\",\"a\\nb\",\"2.0\"],\"errors\":[]}"));
        assertThat(list()).containsExactly("1.0", "2.0");
    }
}
