package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InMemoryDockerHubTest {

    private static final String TAGS = "/v2/namespaces/group/repositories/app/tags";
    private static final String REPOSITORY = "/v2/repositories/group/app/";

    private final MutableClock clock = MutableClock.at("2026-05-20T10:00:00Z");
    private InMemoryRegistry registry;
    private InMemoryDockerHub hub;
    private TestHttp http;

    @BeforeEach
    void start() {
        registry = InMemoryRegistry.builder().clock(clock).start();
        use(InMemoryDockerHub.builder());
    }

    @AfterEach
    void stop() {
        hub.close();
        registry.close();
    }

    @Test
    void pagesTagsNewestFirst() throws IOException {
        for (int i = 0; i < 25; i++) {
            registry.push("group/app", "t" + i, TestImage.docker(i));
            clock.advance(Duration.ofSeconds(1));
        }

        JsonNode first = http.json(TAGS);
        JsonNode second = http.json(first.get("next").asText());

        assertThat(first.get("count").asInt()).isEqualTo(25);
        assertThat(first.get("results")).hasSize(10);
        assertThat(first.at("/results/0/name").asText()).isEqualTo("t24");
        assertThat(first.get("previous").isNull()).isTrue();
        assertThat(second.at("/results/0/name").asText()).isEqualTo("t14");
        assertThat(second.get("previous").asText()).contains(TAGS + "?page=1&page_size=10");
        assertThat(http.status("GET", TAGS + "?page=4")).isEqualTo(404);
        assertThat(http.status("HEAD", TAGS)).isEqualTo(200);
    }

    @Test
    void capsPagesAtAHundred() throws IOException {
        registry.addTags(
                "group/app",
                TestImage.docker(1),
                IntStream.range(0, 1000).mapToObj(i -> "t" + i).toList());

        assertThat(http.json(TAGS + "?page_size=1000").get("results")).hasSize(100);
    }

    @Test
    void describesImagesOfATag() throws IOException {
        TestImage arm = TestImage.oci(2).withPlatform("linux", "arm64", "v8").withLayers(1000, 500);
        TestImage index = TestImage.ociIndex(TestImage.oci(1), arm);
        registry.push("group/app", "1.0", index);

        JsonNode tag = http.json(TAGS + "/1.0");

        assertThat(tag.get("digest").asText()).isEqualTo(index.digest());
        assertThat(tag.get("last_updated").asText()).isEqualTo("2026-05-20T10:00:00Z");
        assertThat(tag.at("/images/1/digest").asText()).isEqualTo(arm.digest());
        assertThat(tag.at("/images/1/architecture").asText()).isEqualTo("arm64");
        assertThat(tag.at("/images/1/variant").asText()).isEqualTo("v8");
        assertThat(tag.at("/images/1/size").asLong()).isEqualTo(1500);
        assertThat(http.status("GET", TAGS + "/2.0")).isEqualTo(404);

        use(InMemoryDockerHub.builder().documentedFieldsOnly());
        assertThat(http.json(TAGS + "/1.0").has("digest")).isFalse();
    }

    @Test
    void logsInForTenMinutes() throws IOException {
        registry.push("group/app", "1.0", TestImage.docker(1));
        use(InMemoryDockerHub.builder().user("ci", "secret").privateRepository("group/app"));

        String token = login("ci", "secret").get("access_token").asText();

        assertThat(http.status("GET", TAGS)).isEqualTo(404);
        assertThat(http.bearer(token).status("GET", TAGS)).isEqualTo(200);
        assertThat(http.with("Authorization", "JWT " + token).status("GET", TAGS))
                .isEqualTo(200);
        clock.advance(Duration.ofMinutes(10));
        assertThat(http.bearer(token).status("GET", TAGS)).isEqualTo(401);
        assertThat(login("ci", "wrong").has("detail")).isTrue();
        assertThat(Json.parse(http.send(
                                        "POST",
                                        "/v2/users/login",
                                        Json.text(Map.of("username", "ci", "password", "secret")))
                                .body())
                        .has("token"))
                .isTrue();
    }

    @Test
    void wantsAnAccessTokenWithTwoFactorLogin() throws IOException {
        use(InMemoryDockerHub.builder().twoFactorUser("ci", "secret").accessToken("ci", "dckr_pat_1"));

        assertThat(login("ci", "secret").has("login_2fa_token")).isTrue();
        assertThat(login("ci", "dckr_pat_1").has("access_token")).isTrue();
    }

    @Test
    void deletesTagsForThoseWhoMay() throws IOException {
        registry.addTags("group/app", TestImage.docker(1), List.of("a", "b"));
        use(InMemoryDockerHub.builder().user("ci", "secret").user("reader", "secret"));
        hub.access().allow("reader", "group/*", "pull");
        TestHttp ci = http.bearer(login("ci", "secret").get("access_token").asText());
        TestHttp reader =
                http.bearer(login("reader", "secret").get("access_token").asText());

        assertThat(http.status("DELETE", REPOSITORY + "tags/a/")).isEqualTo(401);
        assertThat(reader.status("DELETE", REPOSITORY + "tags/a/")).isEqualTo(403);
        assertThat(ci.status("DELETE", REPOSITORY + "tags/a/")).isEqualTo(204);
        assertThat(registry.tags("group/app")).containsExactly("b");
        registry.immutableTags("group/app", true);
        assertThat(ci.status("DELETE", REPOSITORY + "tags/b/")).isEqualTo(403);
    }

    @Test
    void describesRepositoriesWithinLimits() throws IOException {
        registry.push("group/app", "1.0", TestImage.docker(1));
        use(InMemoryDockerHub.builder().user("ci", "secret"));
        TestHttp ci = http.bearer(login("ci", "secret").get("access_token").asText());

        assertThat(ci.send("PATCH", REPOSITORY, "{\"full_description\":\"# App\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(hub.fullDescription("group/app")).isEqualTo("# App");
        assertThat(http.json(REPOSITORY).get("full_description").asText()).isEqualTo("# App");
        assertThat(ci.send("PATCH", REPOSITORY, "{\"description\":\"" + "x".repeat(101) + "\"}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(ci.send("PATCH", REPOSITORY, "{\"description\":\"" + "\u00e9".repeat(51) + "\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void limitsRequests() throws IOException {
        registry.push("group/app", "1.0", TestImage.docker(1));
        use(InMemoryDockerHub.builder().rateLimit(1, Duration.ofSeconds(30)).plainTextErrors());

        HttpResponse<byte[]> first = http.get(TAGS);
        HttpResponse<byte[]> second = http.get(TAGS);

        assertThat(TestHttp.header(first, "X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(TestHttp.header(second, "X-Retry-After"))
                .isEqualTo("" + clock.instant().plusSeconds(30).getEpochSecond());
        assertThat(second.body()).asString().isEqualTo("Too many requests");
        clock.advance(Duration.ofSeconds(30));
        assertThat(http.status("GET", TAGS)).isEqualTo(200);
    }

    @Test
    void bringsARegistryOfItsOwn() throws IOException {
        try (InMemoryDockerHub own =
                InMemoryDockerHub.builder().user("ci", "secret").start()) {
            own.registry().push("library/alpine", "3", TestImage.docker(1));

            assertThat(TestHttp.to(own.uri()).status("GET", "/v2/namespaces/library/repositories/alpine/tags/3"))
                    .isEqualTo(200);
            assertThat(TestHttp.header(TestHttp.to(own.registry().uri()).get("/v2/"), "WWW-Authenticate"))
                    .contains("service=\"registry.docker.io\"");
        }
    }

    private JsonNode login(String identifier, String secret) throws IOException {
        String body = Json.text(Map.of("identifier", identifier, "secret", secret));
        return Json.parse(http.send("POST", "/v2/auth/token", body).body());
    }

    private void use(InMemoryDockerHubBuilder builder) {
        if (hub != null) {
            hub.close();
        }
        hub = builder.registry(registry).start();
        http = TestHttp.to(hub.uri());
    }
}
