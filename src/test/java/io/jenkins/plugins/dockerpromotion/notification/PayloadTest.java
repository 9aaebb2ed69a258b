package io.jenkins.plugins.dockerpromotion.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
    private static final String DIGEST = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

    private static Payload parse(String body) {
        return parse(body, List.of());
    }

    private static Payload parse(String body, List<String> hosts) {
        return Payload.parse(body.getBytes(UTF_8), JSON, hosts);
    }

    private static String file(String name) throws IOException {
        try (InputStream in = PayloadTest.class.getResourceAsStream(name + ".json")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    /** Real payloads of registries, an optional replacement in them, the registry and the expected pushes. */
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
                "distribution-push |  | CNCF registry | registry.example.com:5000/group/app:latest other.example.com/group/app:2",
                "harbor-push |  | Harbor | harbor.example.com/library/debian:1.0",
                "harbor-push | PUSH_ARTIFACT -> pushImage | Harbor | harbor.example.com/library/debian:1.0",
                "harbor-push | PUSH_ARTIFACT -> PULL_ARTIFACT | Harbor |",
                "harbor-push | PUSH_ARTIFACT -> DELETE_ARTIFACT | Harbor |",
                "harbor-push | PUSH_ARTIFACT -> SCANNING_COMPLETED | Harbor |",
                "harbor-push | PUSH_ARTIFACT -> QUOTA_EXCEED | Harbor |",
                "harbor-push | PUSH_ARTIFACT -> TAG_RETENTION | Harbor |",
                "harbor-push | PUSH_ARTIFACT -> deleteImage | Harbor |",
                "github-ping |  | GitHub |",
                "github-package | registry_package -> package | GitHub | ghcr.io/octo/hello:v1",
                "github-package | published -> updated | GitHub | ghcr.io/octo/hello:v1",
                "github-package | CONTAINER -> container | GitHub | ghcr.io/octo/hello:v1",
                "github-package | CONTAINER -> npm | GitHub |",
                "github-package | published -> deleted | GitHub |",
                "github-package | \"v1\" -> \"\" | GitHub |",
                "github-package | \"v1\" -> null | GitHub |",
                "quay-push | updated_tags -> docker_tags | Quay |",
                "quay-push | updated_tags -> tags | Quay |",
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
        "docker-hub-push, false, trustedbuilder, 2014-12-03T00:22:41Z",
        "distribution-push, true, ci, 2016-03-09T22:44:26.402973972Z",
        "harbor-push, true, admin, 2020-04-15T03:45:08Z",
        "github-package, true, octocat, 2022-01-01T00:00:00Z",
        "quay-push, false, '', ",
        "acr-push, true, '', 2023-11-17T16:52:01.343145347Z",
        "harbor-cloudevents, true, admin, 2023-04-03T06:16:14Z",
        "harbor-replication, false, admin, 2023-10-10T07:52:45Z",
        "gitea-package, false, ci, 2026-01-01T00:00:00Z",
        "artifactory-docker-pushed, true, ci, ",
    })
    void readsWhatWasPushedByWhomAndWhen(String file, boolean digest, String pusher, Instant time) throws Exception {
        PushEvent event = parse(file(file)).events().get(0);

        assertThat(event.digest().map(Digest::toString)).isEqualTo(digest ? Optional.of(DIGEST) : Optional.empty());
        assertThat(event.pusher()).isEqualTo(pusher);
        assertThat(event.time()).isEqualTo(Optional.ofNullable(time));
    }

    @ParameterizedTest
    @CsvSource({"artifactory-docker-pushed, jpd_origin, x", "gitea-package, git.example.com, git_server"})
    void saysThatNoHostIsKnown(String file, String host, String replaced) throws Exception {
        String body = file(file).replace(host, replaced);
        assertThatIllegalArgumentException()
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

    /** Events for blobs, mounts, pulls and deletions. */
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

    @Test
    void readsTheCallbackOfDockerHubTheDigestsOfOldQuaysAndForms() throws Exception {
        assertThat(parse(file("docker-hub-push")).events().get(0).callback())
                .contains(URI.create("https://registry.hub.docker.com/u/technolog/serviceone/hook/2141b5/"));
        String old = file("quay-push").replace("[\"latest\",\"1\"]", "{\"latest\":\"" + DIGEST + "\"}");
        assertThat(parse(old).events().get(0).digest().map(Digest::toString)).contains(DIGEST);
        String form = "payload=" + URLEncoder.encode(file("github-package"), UTF_8);
        assertThat(Payload.parse(form.getBytes(UTF_8), FORM, List.of()).events())
                .hasToString("[ghcr.io/octo/hello:v1]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", FORM, "text/plain", "nonsense; charset=nowhere"})
    void takesJsonWhateverTheHeaderSays(String contentType) throws Exception {
        assertThat(Payload.parse(file("docker-hub-push").getBytes(UTF_8), contentType, List.of())
                        .events())
                .hasSize(1);
    }

    static Stream<String> attacks() throws IOException {
        String hub = file("docker-hub-push");
        return Stream.of(
                "",
                "null",
                "[]",
                "{}",
                "<script>alert(1)</script>",
                "{".repeat(2000),
                "[".repeat(500_000),
                "{\"push_data\":".repeat(150) + "1" + "}".repeat(150),
                hub + hub,
                hub.replace("2017.2.103", "1\\nFOO=bar"),
                hub.replace("2017.2.103", "$(id)"),
                hub.replace("2017.2.103", "../../etc/passwd"),
                hub.replace("2017.2.103", "<b>"),
                hub.replace("\"technolog/serviceone\"", "\"technolog/../serviceone\""),
                hub.replace("\"technolog/serviceone\"", "\"technolog/service\\none\""),
                hub.replace("\"technolog/serviceone\"", "\"<img src=x>\""),
                "{\"events\": [{\"action\": \"push\", \"target\": {\"tag\": \"<b>\"}}]}",
                file("quay-push").replace("quay.io/ns", "quay.io/<b>"));
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void refusesInOneLineThatRepeatsNothing(String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(body))
                .satisfies(e -> assertThat(e.getMessage())
                        .doesNotContain("<", "\n", "../", "FOO")
                        .hasSizeLessThan(200));
    }

    @Test
    void anotherRegistrysNameStaysOnDockerHub() throws Exception {
        assertThat(parse(file("docker-hub-push").replace("\"technolog/serviceone\"", "\"evil.example.com/app\""))
                        .events()
                        .get(0)
                        .image()
                        .isDockerHub())
                .isTrue();
    }

    @Test
    void throwsNothingElseWhateverComes() throws IOException {
        Random random = new Random(1);
        for (String file :
                List.of("docker-hub-push", "distribution-push", "harbor-push", "github-package", "quay-push")) {
            String good = file(file);
            for (int i = 0; i < 2000; i++) {
                byte[] body = good.getBytes(UTF_8);
                for (int change = random.nextInt(4); change >= 0; change--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                }
                byte[] cut = random.nextBoolean() ? body : Arrays.copyOf(body, random.nextInt(body.length));
                try {
                    assertThat(Payload.parse(cut, random.nextBoolean() ? JSON : FORM, List.of()))
                            .isNotNull();
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }
}
