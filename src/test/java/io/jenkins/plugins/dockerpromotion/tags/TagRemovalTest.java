package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TagRemovalTest {

    private static final Basic CI = new Basic("ci", "marked-secret");
    private static final String APP = "group/app";
    private static final TestImage IMAGE = TestImage.oci(1);

    private InMemoryRegistry registry;
    private TestNetwork network;

    @BeforeEach
    void open() {
        open(new Quirk[0]);
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private void open(Quirk... quirks) {
        if (registry != null) {
            registry.close();
        }
        registry = InMemoryRegistry.builder()
                .bearer()
                .tokenPath("/jwt/auth")
                .service("container_registry")
                .user("ci", "marked-secret")
                .with(quirks)
                .start();
        registry.addTags(APP, IMAGE, List.of("2017.2.103", "latest"));
        registry.push(APP, "alone", TestImage.oci(2));
        network = TestNetwork.of(registry);
    }

    private ImageReference tagged(String tag) {
        return ImageReference.tagged(registry.image(APP), new Tag(tag));
    }

    private TagRemoval.Removed remove(String tag) throws Exception {
        return remove(tag, Optional.empty());
    }

    private TagRemoval.Removed remove(String tag, Optional<Digest> expected) throws Exception {
        return new TagRemoval(tagged(tag), expected).with(CI).run(network.context());
    }

    @Test
    void deletesATagAloneWhereTheRegistryCan() throws Exception {
        assertThat(remove("2017.2.103")).isEqualTo(new TagRemoval.Removed(IMAGE.digest(), false));

        assertThat(registry.tags(APP)).containsExactly("alone", "latest");
        assertThat(registry.requests().count("DELETE", ".*")).isEqualTo(1);
        assertThat(registry.requests().count("GET", ".*/tags/list"))
                .as("before and after")
                .isEqualTo(2);
        assertThat(registry.requests().count("GET", "/jwt/auth")).isEqualTo(1);
    }

    @Test
    void deletesATagInGitLabsOlderWay() throws Exception {
        open(Quirk.GITLAB_TAG_DELETE);
        assertThat(remove("2017.2.103").digest()).isEqualTo(IMAGE.digest());

        assertThat(registry.tags(APP)).containsExactly("alone", "latest");
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void deletesADigestThatNoOtherTagNeeds(Quirk quirk) throws Exception {
        open(quirk);
        remove("alone");

        assertThat(registry.tags(APP)).containsExactly("2017.2.103", "latest");
    }

    @Test
    void refusesADigestThatAnIndexOfAnotherTagLists() throws Exception {
        open(Quirk.DELETE_BY_DIGEST_ONLY);
        registry.push(APP, "multi", TestImage.ociIndex(TestImage.oci(2), TestImage.oci(3)));

        assertThatThrownBy(() -> remove("alone")).hasMessageContaining("needed by multi");
        assertThat(registry.hasManifest(APP, TestImage.oci(2).digest())).isTrue();
    }

    @Test
    void refusesADigestWhenTheListIsIncomplete() throws Exception {
        open(Quirk.DELETE_BY_DIGEST_ONLY, Quirk.REPEATS_A_PAGE);
        registry.addTags(APP, TestImage.oci(5), numbered("t", 0, 10_001));

        assertThatThrownBy(() -> remove("alone"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("nothing is done without a complete list");
        assertThat(registry.tags(APP)).contains("alone");
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_SWITCHED_OFF_405", "DELETE_UNSUPPORTED_400"})
    void saysThatDeletionIsSwitchedOff(Quirk quirk) throws Exception {
        open(quirk);
        assertThatThrownBy(() -> remove("alone"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("deletion is disabled there");
        assertThat(registry.tags(APP)).hasSize(3);
    }

    @Test
    void refusesATagOfAnotherDigestThanExpectedAndNamesBoth() throws Exception {
        Digest expected = Digest.parse(TestImage.oci(7).digest());

        assertThatThrownBy(() -> remove("latest", Optional.of(expected)))
                .hasMessageContaining(IMAGE.digest())
                .hasMessageContaining(expected.toString());
        assertThat(registry.requests().count("DELETE", ".*")).isZero();
    }

    @Test
    void failsForATagThatIsNotThereUnlessItMayHaveDeletedItItself() throws Exception {
        assertThatThrownBy(() -> remove("gone")).hasMessageContaining("/group/app:gone: there is no such tag");

        Map<String, String> kept = new HashMap<>();
        TagRemoval removal = new TagRemoval(tagged("alone"), Optional.empty()).with(CI);
        removal.run(network.remembering(kept));
        assertThat(removal.run(network.remembering(kept)))
                .isEqualTo(new TagRemoval.Removed(TestImage.oci(2).digest(), true));
    }

    @Test
    void saysWhoMayNotDelete() throws Exception {
        registry.access().allow("ci", "group/*", "pull", "push");

        assertThatThrownBy(() -> remove("latest"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("delete and pull and push on group/app")
                .hasMessageNotContaining("marked-secret");
    }

    @Test
    void anImageMayBeNamedImmutable() throws Exception {
        open(Quirk.DELETE_BY_DIGEST_ONLY);
        registry.push(APP, "immutable", TestImage.oci(3));

        remove("immutable");

        assertThat(registry.tags(APP)).doesNotContain("immutable");
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_REFERRERS_API", "DELETE_BY_TAG_TAKES_ALL"})
    void aDeletionWhoseAnswerIsLostIsDone(Quirk quirk) throws Exception {
        open(quirk);
        registry.onRequest("DELETE", ".*", Fault.loseAnswer());

        assertThat(remove("2017.2.103")).isEqualTo(new TagRemoval.Removed(IMAGE.digest(), false));

        assertThat(registry.tags(APP)).containsExactly("alone", "latest");
    }

    @Test
    void refusesADigestOfAnotherAlgorithmThatOthersNeed() throws Exception {
        open(Quirk.DELETE_BY_DIGEST_ONLY);
        registry.onRequest(
                ".*",
                ".*/manifests/(latest|2017.2.103)",
                Fault.replaceHeader("Docker-Content-Digest", Content.sha512Of(IMAGE.bytes()))
                        .always());

        assertThatThrownBy(() -> remove("2017.2.103")).hasMessageContaining("needed by latest");
    }

    @Test
    void putsBackTheTagsThatARegistryDeletesTogetherWithOne() throws Exception {
        open(Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.tag(APP, "stable", "latest");
        TagRemoval.Removed removed = remove("2017.2.103");

        assertThat(removed).isEqualTo(new TagRemoval.Removed(IMAGE.digest(), false));
        assertThat(registry.tags(APP)).containsExactly("alone", "latest", "stable");
        assertThat(registry.manifestBytes(APP, "latest")).contains(IMAGE.bytes());
        assertThat(network.notices())
                .contains("Put back latest, stable, which the registry deleted together with 2017.2.103");
    }

    @Test
    void putsBackAPartOfAnIndexThatARegistryDeletesTogetherWithItsTag() throws Exception {
        open(Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.push(APP, "multi", TestImage.ociIndex(TestImage.oci(2), TestImage.oci(3)));
        remove("alone");

        assertThat(registry.tags(APP)).containsExactly("2017.2.103", "latest", "multi");
        assertThat(registry.hasManifest(APP, TestImage.oci(2).digest())).isTrue();
        assertThat(network.notices())
                .contains("Put back a part of multi, which the registry deleted together with alone");
    }

    @Test
    void saysWhatItCannotPutBack() throws Exception {
        open(Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.onRequest("PUT", ".*", Fault.status(403).always());

        assertThatThrownBy(() -> remove("2017.2.103"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith(
                        "Cannot put back latest, which the registry deleted together with 2017.2.103 of ")
                .hasMessageEndingWith(
                        "; push " + IMAGE.digest() + " again; the tag " + tagged("2017.2.103") + " was deleted");
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE_BY_DIGEST_ONLY", "DELETE_BY_TAG_INVALID"})
    void refusesADigestThatOthersNeedAndNamesAFewOfThem(Quirk quirk) {
        open(quirk);
        registry.addTags(APP, IMAGE, numbered("same-", 10, 30));

        assertThatThrownBy(() -> remove("2017.2.103"))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("Cannot delete the tag " + tagged("2017.2.103") + ": ")
                .hasMessageContaining("also needed by latest, same-10, same-11, same-12, same-13 and 16 more")
                .hasMessageEndingWith("nothing was deleted");
        assertThat(registry.tags(APP)).hasSize(23);
    }

    private static List<String> numbered(String prefix, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
    }

    private static TagRemoval.Removed removeFrom(InMemoryDockerHub hub) throws Exception {
        ImageReference one = ImageReference.tagged(ImageName.parse("technolog/serviceone"), new Tag("1"));
        return new TagRemoval(one, Optional.empty())
                .with(CI)
                .run(TestNetwork.of(hub).context());
    }

    @Test
    void deletesOnDockerHubByItsApi() throws Exception {
        try (InMemoryDockerHub hub =
                InMemoryDockerHub.builder().user("ci", "marked-secret").start()) {
            hub.registry().addTags("technolog/serviceone", IMAGE, List.of("1", "2"));

            assertThat(removeFrom(hub).digest()).isEqualTo(IMAGE.digest());
            assertThat(hub.registry().tags("technolog/serviceone")).containsExactly("2");
            assertThat(hub.requests().count()).as("login and deletion").isEqualTo(2);
            assertThat(hub.registry().requests().count("DELETE", ".*")).isZero();
        }
    }

    @Test
    void saysThatATagOfDockerHubIsImmutable() throws Exception {
        try (InMemoryDockerHub hub =
                InMemoryDockerHub.builder().user("ci", "marked-secret").start()) {
            hub.registry().push("technolog/serviceone", "1", IMAGE);
            hub.onRequest("DELETE", ".*", Fault.status(403).body("{\"detail\": \"tag is immutable\"}"));

            assertThatThrownBy(() -> removeFrom(hub))
                    .hasMessageContaining("technolog/serviceone:1 on docker.io: it is immutable");
        }
    }

    /**
     * Sets the response to the deletion of the tag {@code alone}. If the registry deletes by digest only, the fault
     * applies to its digest.
     */
    private void answerDeletion(Quirk quirk, Fault fault) {
        open(quirk);
        String reference =
                quirk == Quirk.DELETE_BY_DIGEST_ONLY ? TestImage.oci(2).digest() : "alone";
        registry.onRequest("DELETE", ".*/" + reference, fault.always());
    }

    @ParameterizedTest
    @CsvSource({
        "NO_REFERRERS_API, 200, 'it answered 200, but this still exists'",
        "DELETE_BY_DIGEST_ONLY, 200, 'it answered 200, but this still exists'",
        "NO_REFERRERS_API, 404, 'the registry answered that it does not exist, but it still does'",
        "DELETE_BY_DIGEST_ONLY, 404, 'the registry answered that it does not exist, but it still does'",
        "NO_REFERRERS_API, 202, 'the registry accepted this, but the tag is still there'",
        "NO_REFERRERS_API, 204, 'the registry accepted this, but the tag is still there'",
        "DELETE_BY_DIGEST_ONLY, 202, 'the registry accepted this, but the tag is still there'",
        "NO_REFERRERS_API, 500, it answered 500"
    })
    void isNoSuccessAsLongAsTheTagIsThere(Quirk quirk, int status, String why) {
        Fault fault = Fault.status(status);
        answerDeletion(quirk, status == 200 || status == 404 ? fault.body("<html>Welcome</html>") : fault);

        assertThatThrownBy(() -> remove("alone"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("was deleted");
        assertThat(registry.tags(APP)).contains("alone");
    }

    /** Some registries accept a deletion at once and carry it out later. */
    @Test
    void waitsForARegistryThatDeletesLater() throws Exception {
        answerDeletion(Quirk.NO_REFERRERS_API, Fault.status(202));
        AtomicInteger seen = new AtomicInteger();
        registry.before(".*", ".*/manifests/alone", request -> {
            if (seen.incrementAndGet() == 4) {
                registry.deleteTag(APP, "alone");
            }
        });

        assertThat(remove("alone").before()).isFalse();
    }

    /** Artifactory's own error format has no code. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "422, {\"errors\":[{\"code\":\"MANIFEST_INVALID\"}]}",
                "400, {\"errors\":[{\"code\":\"MANIFEST_INVALID\"}]}",
                "400, {\"errors\":[{\"code\":\"TAG_INVALID\"}]}",
                "422, ``",
                "405, ``",
                "501, ``",
                "400, {\"errors\":[{\"code\":\"unsupported\"}]}",
                "400, {\"errors\":[{\"code\":\"UNKNOWN\"}]}",
                "400, `{\"errors\":[{\"status\":400,\"message\":\"bad request\"}]}`",
                "405, {\"errors\":[{\"code\":\"METHOD_NOT_ALLOWED\"}]}",
                "403, {\"errors\":[{\"code\":\"UNSUPPORTED\"}]}"
            })
    void deletesTheDigestWhereTheRegistryRefusesTheTag(int status, String body) throws Exception {
        answerDeletion(Quirk.NO_REFERRERS_API, Fault.status(status).body(body));

        remove("alone");

        assertThat(registry.tags(APP)).containsExactly("2017.2.103", "latest");
    }

    @ParameterizedTest
    @CsvSource({"403, DENIED", "400, TAG_INVALID", "400, MANIFEST_INVALID", "405, UNSUPPORTED"})
    void doesNotDeleteAnImmutableTagByItsDigest(int status, String code) {
        answerDeletion(Quirk.NO_REFERRERS_API, Fault.error(status, code, "the tag is immutable"));

        assertThatThrownBy(() -> remove("alone")).hasMessageContaining("it is immutable");
        assertThat(registry.tags(APP)).contains("alone");
    }

    /** A cache still serves the manifest, so the loss is not visible. */
    @Test
    void saysWhatARegistryBehindACacheDeletedTogetherWithATag() {
        open(Quirk.DELETE_BY_TAG_TAKES_ALL);
        registry.onRequest(
                "GET|HEAD",
                ".*/" + IMAGE.digest(),
                Fault.status(200)
                        .header("Content-Type", IMAGE.mediaType())
                        .header("Docker-Content-Digest", IMAGE.digest())
                        .body(new String(IMAGE.bytes(), StandardCharsets.UTF_8))
                        .always());

        assertThatThrownBy(() -> remove("2017.2.103"))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("latest is gone, too")
                .hasMessageContaining("push " + IMAGE.digest() + " again")
                .hasMessageEndingWith("2017.2.103 was deleted");
    }
}
