package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistryBuilder;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagListerTest {

    private InMemoryRegistry registry;

    @AfterEach
    void close() {
        registry.close();
    }

    private void start(InMemoryRegistryBuilder builder, int tags) {
        registry = builder.start();
        List<String> names =
                IntStream.range(0, tags).mapToObj(i -> "2019.20." + i).toList();
        if (tags > 0) {
            registry.addTags("group/app", TestImage.docker(1), names);
        }
    }

    private List<String> list() throws RegistryException, InterruptedException {
        ImageName image = ImageName.parse(registry.host() + "/group/app");
        List<String> tags = new ArrayList<>();
        RegistryClient.open(
                        image,
                        RegistryAuthentication.ANONYMOUS,
                        Set.of(),
                        TestNetwork.of(registry).context())
                .tags(image, listed -> tags.add(listed.tag().value()));
        return tags;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"name\":\"group/app\"}", "{\"tags\":{}}", "{\"tags\":\"2019\"}", "{\"errors\":[]}"})
    void takesNothingElseForAnEmptyList(String body) {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceBody(body).always());
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("the answer is not a list of tags");
    }

    @ParameterizedTest
    @CsvSource({"1, 1000, 1", "1000, 1000, 1", "1001, 1000, 2", "2500, 1000, 3", "2500, 100, 25", "10000, 10000, 1"})
    void sendsOneRequestAPage(int tags, int largestPage, int requests) throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(largestPage), tags);
        assertThat(list()).hasSize(tags).doesNotHaveDuplicates();
        assertThat(registry.requests().count()).isEqualTo(requests);
    }

    @ParameterizedTest
    @EnumSource(
            names = {"NEXT_PAGE_TOKEN", "ABSOLUTE_LINK", "UNSORTED_PAGES", "IGNORES_PAGING", "ERROR_ABOVE_1000_TAGS"})
    void listsAllTagsWhateverTheRegistrysWays(Quirk quirk) throws Exception {
        start(InMemoryRegistry.builder().maxPageSize(1000).with(quirk), 2500);
        assertThat(list()).containsExactlyInAnyOrderElementsOf(registry.tags("group/app"));
    }

    @Test
    void asksForLessThanAnAdministratorWantsWhereThatIsAnError() throws Exception {
        start(InMemoryRegistry.builder().with(Quirk.ERROR_ABOVE_1000_TAGS), 2500);
        TestNetwork network =
                new TestNetwork().and(new RegistryLocation(registry.host(), registry.uri(), registry.uri(), "", 5000));
        ImageName image = ImageName.parse(registry.host() + "/group/app");
        RegistryClient.open(image, RegistryAuthentication.ANONYMOUS, Set.of(), network.context())
                .tags(image, listed -> {});
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
                .hasMessageContaining("the same page again and again");
        assertThat(registry.requests().count()).isLessThanOrEqualTo(3);
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
        assertThatThrownBy(this::list).hasMessageContaining("the same page again and again");
        assertThat(registry.requests().count()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</v2/group/app/tags/list?last=2019.20.9>; rel=\"next\"",
                "</v2/group/app/tags/list?last=2019.20.9>; rel=next",
                "</v2/group/app/tags/list?last=2019.20.9>;REL=\"next\"; title=\"x\"",
                "</first>; rel=\"first\", </v2/group/app/tags/list?last=2019.20.9>; title=y; rel=\"next\"",
                "<list?last=2019.20.9>; rel=\"next\"",
                "<?last=2019.20.9>; rel=\"next\"",
            })
    void followsLinksOfEveryForm(String link) throws Exception {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceHeader("Link", link));
        registry.onRequest(
                r -> r.query().equals("last=2019.20.9"), Fault.replaceBody("{\"tags\":[\"from-the-next-page\"]}"));
        assertThat(list()).containsExactly("2019.20.0", "from-the-next-page");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<>; rel=\"next\"", "</x>; rel=\"prev\"", "</x>", "garbage", "<"})
    void takesOtherLinksForTheEnd(String link) throws Exception {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceHeader("Link", link));
        assertThat(list()).containsExactly("2019.20.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "[]", "{\"tags\":[\"a\"", ""})
    void refusesWhatIsNoList(String body) {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceBody(body).always());
        assertThatThrownBy(this::list)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("not the JSON it should be");
    }

    @Test
    void leavesOutWhatIsNoTag() throws Exception {
        start(InMemoryRegistry.builder(), 1);
        registry.onRequest(r -> true, Fault.replaceBody("{\"tags\":[\"1.0\",\"../x\",\"a\\nb\",7,null,\"2.0\"]}"));
        assertThat(list()).containsExactly("1.0", "2.0");
    }
}
