package io.jenkins.plugins.dockerpromotion.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        return parse(body, List.of());
    }

    private static Payload parse(String body, List<String> hosts) throws PayloadException {
        return Payload.parse(body.getBytes(UTF_8), JSON, hosts);
    }

    private static String file(String name) throws IOException {
        try (InputStream in = PayloadTest.class.getResourceAsStream(name + ".json")) {
            return new String(in.readAllBytes(), UTF_8);
        }
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

    /** What registries sent, with what is replaced in it, and the pushes it tells of. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "acr-push | | Azure Container Registry | acme.azurecr.io/team/app:1.0",
                "acr-push | \"action\":\"push\" -> \"action\":\"delete\" | Azure Container Registry |",
                "acr-push | \"action\":\"push\" -> \"action\":\"chart_push\" | Azure Container Registry |",
                "acr-push | \"action\":\"push\" -> \"action\":\"chart_delete\" | Azure Container Registry |",
                "acr-push | \"action\":\"push\" -> \"action\":\"quarantine\" | Azure Container Registry |",
                "acr-push | ,\"tag\":\"1.0\" -> | Azure Container Registry |",
                "acr-ping | | Azure Container Registry |",
                "harbor-cloudevents | | Harbor | harbor.example.com/proj/app:1.0",
                "harbor-cloudevents | artifact.pushed -> artifact.pulled | Harbor |",
                "harbor-cosign-sig | ha256-2d -> ha256-2d | Harbor | harbor.example.com/proj/app:sha256-2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881.sig",
                "harbor-replication | | Harbor | harbor.example.com/proj/app:1.0",
                "harbor-replication | [\"1.0\"] -> [\"1.0\",\"sha256:ab\",\"2.0\"] | Harbor | harbor.example.com/proj/app:1.0 harbor.example.com/proj/app:2.0",
                "harbor-replication | https://harbor.example.com\" -> http://core:8080\" | Harbor | harbor.example.com/proj/app:1.0",
                "harbor-replication | https://harbor.example.com\" -> https://mirror.example.com:8443\" | Harbor | mirror.example.com:8443/proj/app:1.0",
                "harbor-replication | https://harbor.example.com\" -> https://hub.docker.com\" | Harbor | proj/app:1.0",
                "harbor-replication | app [1 item(s) in total]\",\"references\":[\"1.0\"] -> sub/app:1.0\" | Harbor | harbor.example.com/proj/sub/app:1.0",
                "harbor-replication | successful_artifact -> failed_artifact | Harbor |",
                "harbor-replication | https://harbor.example.com\",\"namespace\":\"proj\" -> https://harbor.example.com\",\"namespace\":\"\" | Harbor | harbor.example.com/app:1.0",
                "harbor-replication | https://harbor.example.com\",\"namespace\":\"proj\" -> https://hub.docker.com\",\"namespace\":\"\" | Harbor | app:1.0",
                "docker-hub-push | | Docker Hub | technolog/serviceone:2017.2.103",
                "docker-hub-push | \"2017.2.103\" -> null | Docker Hub |",
                "docker-hub-push | ,\"tag\":\"2017.2.103\" -> | Docker Hub |",
                "docker-hub-push | 2017.2.103 -> sha256:ab | Docker Hub |",
                "docker-hub-push | 2017.2.103 -> SHA512 | Docker Hub |",
                "docker-hub-push | 2017.2.103 -> SHA512.sig | Docker Hub |",
                "acr-push | 1.0\" -> SHA512.att\" | Azure Container Registry |",
                "quay-push | | Quay | quay.io/ns/repository:latest quay.io/ns/repository:1",
                "quay-push | [\"latest\",\"1\"] -> {\"latest\":\"b750fe79269d2ec9a3c593ef05b4332b1d1a02a62b4accb2c21d589ff2f5f2dc\",\"1\":null} | Quay | quay.io/ns/repository:latest quay.io/ns/repository:1",
                "quay-push | \"latest\",\"1\" -> \"SHA512\" | Quay |",
                "gitea-package | git.example.com -> git_server:3000 | Gitea | one.example.com/acme/app:1.0",
                "gitea-package | html_url -> x | Gitea | one.example.com/acme/app:1.0",
                "github-package | | GitHub | ghcr.io/octo/hello:v1",
                "github-package | ghcr.io/octo -> containers.git.example.com/octo | GitHub | containers.git.example.com/octo/hello:v1",
                "github-package | ghcr.io/octo -> https://containers.git.example.com:8443/octo | GitHub | containers.git.example.com:8443/octo/hello:v1",
                "github-package | ghcr.io/octo/hello:v1 -> | GitHub | ghcr.io/octo/hello:v1",
                "gitea-package | | Gitea | git.example.com/acme/app:1.0",
                "gitea-package | \"created\" -> \"updated\" | Gitea | git.example.com/acme/app:1.0",
                "gitea-package | \"created\" -> \"deleted\" | Gitea |",
                "gitea-package | \"type\":\"container\" -> \"type\":\"npm\" | Gitea |",
                "gitea-package | \"version\":\"1.0\" -> \"version\":\"sha256:ab\" | Gitea |",
                "gitea-package | git.example.com -> git.example.com:3000 | Gitea | git.example.com:3000/acme/app:1.0",
                "artifactory-docker-pushed | | Artifactory | acme.jfrog.io/docker-local/team/app:1.0 docker-local.acme.jfrog.io/team/app:1.0 acme.jfrog.io/team/app:1.0",
                "artifactory-docker-pushed | \"pushed\" -> \"promoted\" | Artifactory | acme.jfrog.io/docker-local/team/app:1.0 docker-local.acme.jfrog.io/team/app:1.0 acme.jfrog.io/team/app:1.0",
                "artifactory-docker-pushed | \"pushed\" -> \"deleted\" | Artifactory |",
                "artifactory-docker-pushed | \"pushed\" -> \"copied\" | Artifactory |",
                "artifactory-docker-pushed | \"domain\":\"docker\" -> \"domain\":\"artifact\" | Artifactory |",
                "artifactory-docker-pushed | \"tag\":\"1.0\" -> \"tag\":\"sha256:ab\" | Artifactory |",
                "artifactory-docker-pushed | \"jpd_origin\" -> \"x\" | Artifactory | one.example.com/docker-local/team/app:1.0 docker-local.one.example.com/team/app:1.0 one.example.com/team/app:1.0",
            })
    void readsWhatRegistriesSend(String file, String change, String source, String pushes) throws Exception {
        String[] replaced = change == null ? new String[] {"", ""} : change.split(" ?-> ?", 2);
        String body = file(file);
        assertThat(body).contains(replaced[0]);

        Payload payload = parse(
                body.replace(replaced[0], replaced[1].replace("SHA512", "sha512-" + "2d".repeat(64))),
                List.of("one.example.com"));

        assertThat(payload.source()).isEqualTo(source);
        assertThat(payload.events().stream().map(PushEvent::toString).collect(joining(" ")))
                .isEqualTo(pushes == null ? "" : pushes);
    }

    @ParameterizedTest
    @CsvSource({
        "acr-push, true, '', 2023-11-17T16:52:01.343145347Z",
        "harbor-cloudevents, true, admin, 2023-04-03T06:16:14Z",
        "harbor-replication, false, admin, 2023-10-10T07:52:45Z",
        "gitea-package, false, ci, 2026-01-01T00:00:00Z",
        "artifactory-docker-pushed, true, ci, ",
    })
    void readsWhatWasPushedByWhomAndWhen(String file, boolean digest, String pusher, Instant time) throws Exception {
        PushEvent event = parse(file(file)).events().get(0);

        assertThat(event.digest().map(Digest::toString))
                .isEqualTo(
                        digest
                                ? Optional.of("sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")
                                : Optional.empty());
        assertThat(event.pusher()).isEqualTo(pusher);
        assertThat(event.time()).isEqualTo(Optional.ofNullable(time));
    }

    @ParameterizedTest
    @CsvSource({"artifactory-docker-pushed, jpd_origin, x", "gitea-package, git.example.com, git_server"})
    void saysThatNoHostIsKnown(String file, String host, String replaced) throws Exception {
        String body = file(file).replace(host, replaced);
        assertThatExceptionOfType(PayloadException.class)
                .isThrownBy(() -> parse(body))
                .withMessageContaining("no registry is configured");
    }

    @Test
    void takesManyEventsInParts() throws Exception {
        String events = IntStream.range(0, 150)
                .mapToObj(i -> "{\"action\":\"push\",\"request\":{\"host\":\"registry.example.com\"},"
                        + "\"target\":{\"repository\":\"app\",\"tag\":\"" + i + "\"}}")
                .collect(joining(",", "{\"events\":[", "]}"));
        Payload payload = parse(events);

        assertThat(payload.parts(100)).extracting(part -> part.events().size()).containsExactly(100, 50);
        assertThat(payload.parts(150)).containsExactly(payload);
        assertThat(payload.parts(100).stream().flatMap(part -> part.events().stream()))
                .containsExactlyElementsOf(payload.events());
        assertThat(parse("{\"events\":[]}").parts(100))
                .singleElement()
                .extracting(Payload::events)
                .isEqualTo(List.of());
    }

    @Test
    void readsHarbors() throws Exception {
        assertThat(only(parse(HARBOR).events()))
                .isEqualTo("harbor.example.com/library/debian:1.0 digest admin 2020-04-15T03:45:08Z");
        assertThat(parse(HARBOR.replace("PUSH_ARTIFACT", "pushImage")).events())
                .isEqualTo(parse(HARBOR).events());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PULL_ARTIFACT",
                "DELETE_ARTIFACT",
                "SCANNING_COMPLETED",
                "SCANNING_FAILED",
                "QUOTA_EXCEED",
                "QUOTA_WARNING",
                "TAG_RETENTION",
                "UPLOAD_CHART",
                "pullImage",
                "deleteImage"
            })
    void startsNothingForHarborsOtherEvents(String type) throws Exception {
        assertThat(parse(HARBOR.replace("PUSH_ARTIFACT", type)).events()).isEmpty();
    }

    /** Blobs, mounts, pulls and deletions. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"action\":\"push\",\"target\":{\"mediaType\":\"application/octet-stream\",\"repository\":\"app\"}}",
                "{\"action\":\"push\",\"target\":{\"repository\":\"app\",\"tag\":\"\"}}",
                "{\"action\":\"push\",\"target\":{\"repository\":\"app\",\"tag\":null}}",
                "{\"action\":\"mount\",\"target\":{\"repository\":\"app\",\"fromRepository\":\"other\"}}",
                "{\"action\":\"pull\",\"target\":{\"repository\":\"app\",\"tag\":\"1\"}}",
                "{\"action\":\"delete\",\"target\":{\"repository\":\"app\",\"tag\":\"1\"}}",
                "{}"
            })
    void startsNothingForTheCncfRegistrysOtherEvents(String event) throws Exception {
        assertThat(parse("{\"events\":[" + event + "]}").events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"package", "registry_package"})
    void readsGitHubs(String field) throws Exception {
        String body = GITHUB.formatted(field, DIGEST);

        assertThat(only(parse(body).events())).isEqualTo("ghcr.io/octo/hello:v1 digest octocat 2022-01-01T00:00:00Z");
        assertThat(only(Payload.parse(("payload=" + URLEncoder.encode(body, UTF_8)).getBytes(UTF_8), FORM, List.of())
                        .events()))
                .startsWith("ghcr.io/octo/hello:v1");
        for (String change : List.of("CONTAINER -> npm", "published -> deleted", "\"v1\" -> \"\"", "\"v1\" -> null")) {
            String[] replaced = change.split(" -> ");
            assertThat(parse(body.replace(replaced[0], replaced[1])).events())
                    .as(change)
                    .isEmpty();
        }
        assertThat(only(parse(body.replace("published", "updated").replace("CONTAINER", "container"))
                        .events()))
                .startsWith("ghcr.io/octo/hello:v1");
        assertThat(parse("{\"zen\": \"Keep it simple\", \"hook_id\": 1}").events())
                .isEmpty();
    }

    @Test
    void readsQuays() throws Exception {
        List<PushEvent> events = parse(QUAY).events();

        assertThat(events)
                .extracting(PushEvent::toString)
                .containsExactly("quay.io/ns/repository:latest", "quay.io/ns/repository:1");
        assertThat(events)
                .noneMatch(event -> event.time().isPresent() || event.digest().isPresent());
        assertThat(parse(QUAY.replace("[\"latest\", \"1\"]", "{\"latest\": \"" + DIGEST + "\"}"))
                        .events()
                        .get(0)
                        .digest())
                .contains(DIGEST);
        // Builds and vulnerabilities.
        assertThat(parse(QUAY.replace("updated_tags", "docker_tags")).events()).isEmpty();
        assertThat(parse(QUAY.replace("updated_tags", "tags")).events()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", FORM, "text/plain", "nonsense; charset=nowhere"})
    void takesJsonWhateverTheHeaderSays(String contentType) throws Exception {
        assertThat(Payload.parse(HUB.getBytes(UTF_8), contentType, List.of()).events())
                .hasSize(1);
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
                    assertThat(Payload.parse(cut, random.nextBoolean() ? JSON : FORM, List.of()))
                            .isNotNull();
                } catch (PayloadException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }
}
