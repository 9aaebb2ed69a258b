package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryRegistryAuthTest {

    private static final String MANIFEST = "/v2/group/app/manifests/1";
    private static final String PULL = "scope=repository:group/app:pull";

    @Test
    void asksForBasicCredentials() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .basic()
                .user("ci", "secret")
                .user("reader", "secret")
                .allow("reader", "group/*", "pull")
                .start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            HttpResponse<byte[]> refused = http.get(MANIFEST);
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(TestHttp.header(refused, "WWW-Authenticate")).startsWith("Basic realm=");
            assertThat(http.basic("ci", "wrong").status("GET", MANIFEST)).isEqualTo(401);
            assertThat(http.basic("reader", "secret").status("GET", MANIFEST)).isEqualTo(200);
            assertThat(http.basic("reader", "secret").status("DELETE", MANIFEST))
                    .isEqualTo(403);
            assertThat(http.basic("ci", "secret").status("DELETE", MANIFEST)).isEqualTo(202);
            assertThat(registry.requests().last().authorizationScheme()).contains("Basic");
        }
    }

    @Test
    void challengesForATokenAndTakesIt() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().bearer().user("ci", "secret").start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            String challenge = TestHttp.header(http.get(MANIFEST), "WWW-Authenticate");
            assertThat(challenge)
                    .isEqualTo("Bearer realm=\"" + registry.uri()
                            + "/token\",service=\"registry.test\",scope=\"repository:group/app:pull\"");
            String token = token(http.basic("ci", "secret"), PULL);
            assertThat(http.bearer(token).status("GET", MANIFEST)).isEqualTo(200);
            assertThat(TestHttp.header(http.bearer(token).send("DELETE", MANIFEST), "WWW-Authenticate"))
                    .endsWith("scope=\"repository:group/app:delete\",error=\"insufficient_scope\"");
            assertThat(http.basic("ci", "wrong").status("GET", "/token?" + PULL))
                    .isEqualTo(401);
        }
    }

    @Test
    void grantsLessThanAskedForWithoutAnError() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("reader", "secret")
                .allow("reader", "group/app", "pull")
                .publicRepository("public/*")
                .start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            registry.push("public/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            String readers = token(http.basic("reader", "secret"), "scope=repository:group/app:pull,push");
            String anyones = token(http, "scope=repository:public/app:pull&" + PULL);

            assertThat(http.bearer(readers).status("GET", MANIFEST)).isEqualTo(200);
            assertThat(http.bearer(readers).status("POST", "/v2/group/app/blobs/uploads/"))
                    .isEqualTo(401);
            assertThat(http.bearer(anyones).status("GET", "/v2/public/app/manifests/1"))
                    .isEqualTo(200);
            assertThat(http.bearer(anyones).status("GET", MANIFEST)).isEqualTo(401);
        }
    }

    @Test
    void letsTokensExpire() throws IOException {
        MutableClock clock = MutableClock.at("2026-05-20T10:00:00Z");
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .clock(clock)
                .tokenLifetime(Duration.ofMinutes(5))
                .start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());
            String token = token(http.basic("ci", "secret"), PULL);

            clock.advance(Duration.ofSeconds(299));
            assertThat(http.bearer(token).status("GET", MANIFEST)).isEqualTo(200);
            clock.advance(Duration.ofSeconds(1));
            assertThat(TestHttp.header(http.bearer(token).get(MANIFEST), "WWW-Authenticate"))
                    .endsWith("error=\"invalid_token\"");
        }
    }

    @Test
    void issuesTokensOnAnotherOrigin() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .tokensOnOtherOrigin()
                .tokenPath("/jwt/auth")
                .start()) {
            TestHttp http = TestHttp.to(registry.uri());

            assertThat(TestHttp.header(http.get("/v2/"), "WWW-Authenticate"))
                    .contains("realm=\"" + registry.tokenServer().uri() + "/jwt/auth\"");
            assertThat(http.status("GET", "/jwt/auth")).isEqualTo(404);
            JsonNode answer = TestHttp.to(registry.tokenServer().uri())
                    .basic("ci", "secret")
                    .json("/jwt/auth?" + PULL);
            assertThat(http.bearer(answer.get("token").asText()).status("GET", "/v2/"))
                    .isEqualTo(200);
            assertThat(registry.tokenServer().requests().count()).isEqualTo(1);
        }
    }

    @Test
    void answersTokenRequestsLikeParticularServices() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", "secret")
                .with(Quirk.FIRST_SCOPE_ONLY, Quirk.ACCESS_TOKEN_FIELD, Quirk.NO_EXPIRES_IN)
                .start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            JsonNode answer = http.basic("ci", "secret").json("/token?scope=repository:other:pull&" + PULL);

            assertThat(answer.has("token")).isFalse();
            assertThat(answer.has("expires_in")).isFalse();
            assertThat(http.bearer(answer.get("access_token").asText()).status("GET", MANIFEST))
                    .isEqualTo(401);
        }
    }

    @Test
    void takesTheTokenRequestAsAForm() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().bearer().user("ci", "secret").start()) {
            registry.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            JsonNode first = Json.parse(http.send(
                            "POST",
                            "/token",
                            "grant_type=password&username=ci&password=secret&access_type=offline&" + PULL)
                    .body());
            JsonNode second = Json.parse(http.send(
                            "POST",
                            "/token",
                            "grant_type=refresh_token&refresh_token="
                                    + first.get("refresh_token").asText() + "&" + PULL)
                    .body());

            assertThat(http.bearer(second.get("token").asText()).status("GET", MANIFEST))
                    .isEqualTo(200);
        }
    }

    @Test
    void mountsOnlyWhatTheTokenMayPull() throws IOException {
        String digest = TestImage.docker(1).blobs().keySet().iterator().next();
        String mount = "/v2/target/blobs/uploads/?from=group/app&mount=" + digest;
        String target = "scope=repository:target:pull,push";
        try (InMemoryRegistry lenient =
                        InMemoryRegistry.builder().bearer().user("ci", "secret").start();
                InMemoryRegistry strict = InMemoryRegistry.builder()
                        .bearer()
                        .user("ci", "secret")
                        .with(Quirk.MOUNT_CHALLENGES_FOR_SOURCE)
                        .start()) {
            lenient.push("group/app", "1", TestImage.docker(1));
            TestHttp http = TestHttp.to(lenient.uri());

            String narrow = token(http.basic("ci", "secret"), target);
            String wide = token(http.basic("ci", "secret"), target + "&" + PULL);

            assertThat(http.bearer(narrow).status("POST", mount)).isEqualTo(202);
            assertThat(http.bearer(wide).status("POST", mount)).isEqualTo(201);
            TestHttp strictHttp = TestHttp.to(strict.uri());
            String strictNarrow = token(strictHttp.basic("ci", "secret"), target);
            assertThat(strictHttp.bearer(strictNarrow).status("POST", mount)).isEqualTo(401);
        }
    }

    private static String token(TestHttp http, String query) throws IOException {
        return http.json("/token?service=registry.test&" + query).get("token").asText();
    }
}
