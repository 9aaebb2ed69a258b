package io.jenkins.plugins.dockerpromotion.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTest {

    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Digest DIGEST = Digest.sha256("manifest".getBytes(UTF_8));

    private static final String HUB = """
            {"callback_url": "https://registry.hub.docker.com/u/technolog/serviceone/hook/2141b5/",
             "push_data": {"images": ["27d47432a69b"], "pushed_at": 1.417566161e+09, "pusher": "trusted\\u0000builder\\n",
                           "tag": "2017.2.103"},
             "repository": {"repo_name": "technolog/serviceone", "namespace": "technolog", "name": "serviceone"}}""";
    private static final String DISTRIBUTION = """
            {"events": [
              {"id": "1", "timestamp": "2016-03-09T14:44:26.402973972-08:00", "action": "push",
               "target": {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "digest": "%1$s",
                          "repository": "group/app", "url": "https://other.example.com/v2/group/app/manifests/x",
                          "tag": "latest"},
               "request": {"host": "registry.example.com:5000", "method": "PUT"}, "actor": {"name": "ci"}},
              {"action": "push", "target": {"digest": "%1$s", "repository": "group/app"}},
              {"action": "pull", "target": {"repository": "group/app", "tag": "latest"}},
              {"action": "push", "target": {"repository": "../app", "tag": "latest"},
               "request": {"host": "registry.example.com:5000"}},
              {"action": "push", "target": {"repository": "group/app", "tag": "2",
               "url": "https://other.example.com/v2/group/app/manifests/x"}}]}""".formatted(DIGEST);
    private static final String HARBOR = """
            {"type": "PUSH_ARTIFACT", "occur_at": 1586922308, "operator": "admin", "event_data": {
               "resources": [{"digest": "%1$s", "tag": "1.0", "resource_url": "harbor.example.com/library/debian:1.0"},
                             {"digest": "%1$s", "tag": "%1$s", "resource_url": "harbor.example.com/library/debian@x"}],
               "repository": {"name": "debian", "namespace": "library", "repo_full_name": "library/debian"}}}""".formatted(DIGEST);
    private static final String GITHUB = """
            {"action": "published", "%s": {"name": "Hello", "namespace": "Octo", "package_type": "CONTAINER",
               "owner": {"login": "Octo"}, "package_version": {"version": "%s", "updated_at": "2022-01-01T00:00:00Z",
               "container_metadata": {"tag": {"name": "v1", "digest": ""}}}}, "sender": {"login": "octocat"}}""";
    private static final String QUAY = """
            {"name": "repository", "repository": "ns/repository", "namespace": "ns",
             "docker_url": "quay.io/ns/repository", "updated_tags": ["latest", "1"]}""";

    private static Payload parse(String body) throws PayloadException {
        return Payload.parse(body.getBytes(UTF_8), JSON);
    }

    private static String only(List<PushEvent> events) {
        assertThat(events).hasSize(1);
        PushEvent event = events.get(0);
        return event + " "
                + event.digest().map(d -> d.equals(DIGEST) ? "digest" : "other").orElse("-") + " " + event.pusher()
                + " " + event.time().map(Instant::toString).orElse("-");
    }

    @Test
    void readsDockerHubs() throws Exception {
        Payload payload = parse(HUB);

        assertThat(payload.source()).isEqualTo("Docker Hub");
        assertThat(only(payload.events()))
                .isEqualTo("technolog/serviceone:2017.2.103 - trustedbuilder 2014-12-03T00:22:41Z");
        assertThat(payload.events().get(0).callback())
                .contains(URI.create("https://registry.hub.docker.com/u/technolog/serviceone/hook/2141b5/"));
    }

    @Test
    void readsTheCncfRegistrysAndIsNotKeptFromItByOneEvent() throws Exception {
        List<PushEvent> events = parse(DISTRIBUTION).events();

        assertThat(events)
                .extracting(PushEvent::toString)
                .containsExactly("registry.example.com:5000/group/app:latest", "other.example.com/group/app:2");
        assertThat(only(events.subList(0, 1))).endsWith(" digest ci 2016-03-09T22:44:26.402973972Z");
    }

    @Test
    void readsHarbors() throws Exception {
        assertThat(only(parse(HARBOR).events()))
                .isEqualTo("harbor.example.com/library/debian:1.0 digest admin 2020-04-15T03:45:08Z");
        assertThat(parse(HARBOR.replace("PUSH_", "PULL_")).events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"package", "registry_package"})
    void readsGitHubs(String field) throws Exception {
        String body = GITHUB.formatted(field, DIGEST);

        assertThat(only(parse(body).events())).isEqualTo("ghcr.io/octo/hello:v1 digest octocat 2022-01-01T00:00:00Z");
        assertThat(only(Payload.parse(("payload=" + URLEncoder.encode(body, UTF_8)).getBytes(UTF_8), FORM)
                        .events()))
                .startsWith("ghcr.io/octo/hello:v1");
        assertThat(parse(body.replace("CONTAINER", "npm")).events()).isEmpty();
        assertThat(parse("{\"zen\": \"Keep it simple\", \"hook_id\": 1}").events())
                .isEmpty();
    }

    @Test
    void readsQuays() throws Exception {
        List<PushEvent> events = parse(QUAY).events();

        assertThat(events)
                .extracting(PushEvent::toString)
                .containsExactly("quay.io/ns/repository:latest", "quay.io/ns/repository:1");
        assertThat(events).extracting(PushEvent::identity).containsOnly(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", FORM, "text/plain", "nonsense; charset=nowhere"})
    void takesJsonWhateverTheHeaderSays(String contentType) throws Exception {
        assertThat(Payload.parse(HUB.getBytes(UTF_8), contentType).events()).hasSize(1);
    }

    @Test
    void knowsTheSamePushAgainAndNoOther() throws Exception {
        Optional<String> identity = parse(HUB).events().get(0).identity();

        assertThat(identity).isPresent().isEqualTo(parse(HUB).events().get(0).identity());
        assertThat(parse(HUB.replace("1.417566161e+09", "1417566162"))
                        .events()
                        .get(0)
                        .identity())
                .isNotEqualTo(identity);
        assertThat(parse(HUB.replace("2017.2.103", "2017.2.104"))
                        .events()
                        .get(0)
                        .identity())
                .isNotEqualTo(identity);
    }

    static Stream<String> attacks() {
        return Stream.of(
                "",
                "null",
                "[]",
                "{}",
                "<script>alert(1)</script>",
                "{".repeat(2000),
                "[".repeat(500_000),
                "{\"push_data\":".repeat(150) + "1" + "}".repeat(150),
                HUB + HUB,
                HUB.replace("2017.2.103", "1\\nFOO=bar"),
                HUB.replace("2017.2.103", "$(id)"),
                HUB.replace("2017.2.103", "../../etc/passwd"),
                HUB.replace("2017.2.103", "<b>"),
                HUB.replace("\"technolog/serviceone\"", "\"technolog/../serviceone\""),
                HUB.replace("\"technolog/serviceone\"", "\"technolog/service\\none\""),
                HUB.replace("\"technolog/serviceone\"", "\"<img src=x>\""),
                "{\"events\": [" + "{},".repeat(100) + "{}]}",
                "{\"events\": [{\"action\": \"push\", \"target\": {\"tag\": \"<b>\"}}]}",
                QUAY.replace("quay.io/ns", "quay.io/<b>"));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refusesInOneLineThatRepeatsNothing(String body) {
        assertThatExceptionOfType(PayloadException.class)
                .isThrownBy(() -> parse(body))
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("<", "\n", "../", "FOO")
                        .hasSizeLessThan(200));
    }

    @Test
    void anotherRegistrysNameStaysOnDockerHub() throws Exception {
        assertThat(parse(HUB.replace("\"technolog/serviceone\"", "\"evil.example.com/app\""))
                        .events()
                        .get(0)
                        .image()
                        .isDockerHub())
                .isTrue();
    }

    @Test
    void throwsNothingElseWhateverComes() {
        Random random = new Random(1);
        for (String good : List.of(HUB, DISTRIBUTION, HARBOR, GITHUB.formatted("package", DIGEST), QUAY)) {
            for (int i = 0; i < 2000; i++) {
                byte[] body = good.getBytes(UTF_8);
                for (int change = random.nextInt(4); change >= 0; change--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                }
                byte[] cut = random.nextBoolean() ? body : Arrays.copyOf(body, random.nextInt(body.length));
                try {
                    assertThat(Payload.parse(cut, random.nextBoolean() ? JSON : FORM))
                            .isNotNull();
                } catch (PayloadException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }
}
