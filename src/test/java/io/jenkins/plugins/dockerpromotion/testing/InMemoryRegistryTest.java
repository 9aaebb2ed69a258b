package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryRegistryTest {

    private static final String REPO = "group/app";

    @Test
    void servesManifestsByteForByte() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            TestImage image = TestImage.oci(1).withLayout(JsonLayout.ODD);
            String digest = registry.push(REPO, "1.0", image);
            TestHttp http = TestHttp.to(registry.uri());

            HttpResponse<byte[]> got = http.get("/v2/group/app/manifests/1.0");
            HttpResponse<byte[]> head = http.send("HEAD", "/v2/group/app/manifests/" + digest);

            assertThat(got.body()).isEqualTo(image.bytes());
            assertThat(TestHttp.header(got, "Content-Type")).isEqualTo(image.mediaType());
            assertThat(TestHttp.header(got, "Docker-Content-Digest")).isEqualTo(image.digest());
            assertThat(TestHttp.header(head, "Content-Length")).isEqualTo("" + image.size());
            assertThat(registry.requests().summary())
                    .isEqualTo("GET /v2/group/app/manifests/1.0 200\nHEAD /v2/group/app/manifests/" + digest + " 200");
        }
    }

    @Test
    void takesAPushOfAnIndex() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            TestImage arm = TestImage.docker(2).withPlatform("linux", "arm64", "v8");
            TestImage index = TestImage.dockerList(TestImage.docker(1), arm);

            TestHttp.to(registry.uri()).push(REPO, "1.0", index);

            assertThat(registry.digestOf(REPO, "1.0")).contains(index.digest());
            assertThat(registry.manifestBytes(REPO, arm.digest())).contains(arm.bytes());
            assertThat(registry.requests().blobBytesUp())
                    .isEqualTo(index.children().stream()
                            .flatMap(child -> child.blobs().values().stream())
                            .mapToLong(Content::size)
                            .sum());
        }
    }

    @Test
    void refusesManifestsWhosePartsAreMissing() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            for (TestImage image : List.of(TestImage.docker(1), TestImage.ociIndex(TestImage.oci(1)))) {
                HttpResponse<byte[]> put = TestHttp.to(registry.uri())
                        .with("Content-Type", image.mediaType())
                        .send("PUT", "/v2/group/app/manifests/1.0", image.bytes());

                assertThat(put.statusCode()).isEqualTo(400);
                assertThat(code(put)).isEqualTo("MANIFEST_BLOB_UNKNOWN");
            }
        }
    }

    @Test
    void refusesAMediaTypeThatIsNotTheBodys() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            TestImage image = TestImage.docker(1);
            registry.push(REPO, "1.0", image);

            HttpResponse<byte[]> put = TestHttp.to(registry.uri())
                    .with("Content-Type", MediaTypes.OCI_MANIFEST)
                    .send("PUT", "/v2/group/app/manifests/1.1", image.bytes());

            assertThat(code(put)).isEqualTo("MANIFEST_INVALID");
        }
    }

    @Test
    void pagesTags() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxPageSize(40).start()) {
            List<String> tags =
                    IntStream.range(0, 100).mapToObj(i -> "1." + i).sorted().toList();
            registry.addTags(REPO, TestImage.docker(1), tags);

            assertThat(follow(registry, "/v2/group/app/tags/list?n=1000")).isEqualTo(tags);
            assertThat(registry.requests().count("GET", "/v2/group/app/tags/list"))
                    .isEqualTo(3);
        }
    }

    @Test
    void pagesTagsWithTheirQuirks() throws IOException {
        List<String> tags = IntStream.range(0, 25).mapToObj(i -> "t" + i).toList();
        for (Quirk quirk :
                List.of(Quirk.UNSORTED_PAGES, Quirk.NEXT_PAGE_TOKEN, Quirk.ABSOLUTE_LINK, Quirk.IGNORES_PAGING)) {
            try (InMemoryRegistry registry =
                    InMemoryRegistry.builder().with(quirk).start()) {
                registry.addTags(REPO, TestImage.docker(1), tags);

                assertThat(follow(registry, "/v2/group/app/tags/list?n=10"))
                        .as(quirk.name())
                        .containsExactlyInAnyOrderElementsOf(tags);
            }
        }
    }

    @Test
    void listsAHundredThousandTagsQuickly() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            List<String> tags =
                    IntStream.range(0, 100_000).mapToObj(i -> "2026.20." + i).toList();
            registry.addTags(REPO, TestImage.docker(1), tags);

            assertThat(follow(registry, "/v2/group/app/tags/list?n=1000")).hasSameSizeAs(tags);
        }
    }

    @Test
    void repeatsAPageForEver() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().with(Quirk.REPEATS_A_PAGE).start()) {
            registry.addTags(REPO, TestImage.docker(1), List.of("a", "b", "c"));
            TestHttp http = TestHttp.to(registry.uri());

            HttpResponse<byte[]> first = http.get("/v2/group/app/tags/list?n=2");
            HttpResponse<byte[]> second = http.get(TestHttp.next(first).orElseThrow());

            assertThat(second.body()).isEqualTo(first.body());
            assertThat(TestHttp.next(second)).isEqualTo(TestHttp.next(first));
        }
    }

    @Test
    void answersListsLikeParticularRegistries() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder()
                .with(Quirk.NULL_TAGS_WHEN_EMPTY, Quirk.ERROR_ABOVE_1000_TAGS)
                .linksTo(URI.create("https://elsewhere.example.com"))
                .start()) {
            registry.createRepository("empty");
            registry.addTags(REPO, TestImage.docker(1), List.of("a", "b"));
            TestHttp http = TestHttp.to(registry.uri());

            assertThat(http.json("/v2/empty/tags/list").get("tags").isNull()).isTrue();
            assertThat(http.status("GET", "/v2/group/app/tags/list?n=1001")).isEqualTo(400);
            assertThat(http.status("GET", "/v2/missing/tags/list")).isEqualTo(404);
            assertThat(TestHttp.next(http.get("/v2/group/app/tags/list?n=1")))
                    .contains("https://elsewhere.example.com/v2/group/app/tags/list?last=a&n=1");
        }
    }

    @Test
    void liesAboutDigestsOrKeepsThem() throws IOException {
        TestImage image = TestImage.docker(1);
        try (InMemoryRegistry silent =
                        InMemoryRegistry.builder().with(Quirk.NO_CONTENT_DIGEST).start();
                InMemoryRegistry lying = InMemoryRegistry.builder()
                        .with(Quirk.WRONG_CONTENT_DIGEST)
                        .start()) {
            silent.push(REPO, "1", image);
            lying.push(REPO, "1", image);

            HttpResponse<byte[]> none = TestHttp.to(silent.uri()).get("/v2/group/app/manifests/1");
            HttpResponse<byte[]> wrong = TestHttp.to(lying.uri()).get("/v2/group/app/manifests/1");

            assertThat(TestHttp.header(none, "Docker-Content-Digest")).isEmpty();
            assertThat(TestHttp.header(wrong, "Docker-Content-Digest"))
                    .matches("sha256:[0-9a-f]{64}")
                    .isNotEqualTo(image.digest());
        }
    }

    @Test
    void deletesTagsAndDigests() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            String digest = registry.addTags(REPO, TestImage.docker(1), List.of("a", "b", "c"));
            TestHttp http = TestHttp.to(registry.uri());

            assertThat(http.status("DELETE", "/v2/group/app/manifests/a")).isEqualTo(202);
            assertThat(registry.tags(REPO)).containsExactly("b", "c");
            assertThat(http.status("DELETE", "/v2/group/app/manifests/" + digest))
                    .isEqualTo(202);
            assertThat(registry.tags(REPO)).isEmpty();
            assertThat(http.status("DELETE", "/v2/group/app/manifests/b")).isEqualTo(404);
        }
    }

    @Test
    void refusesToDeleteLikeParticularRegistries() throws IOException {
        assertThat(deleteTag(Quirk.DELETE_SWITCHED_OFF_405)).isEqualTo(405);
        assertThat(deleteTag(Quirk.DELETE_UNSUPPORTED_400)).isEqualTo(400);
        assertThat(deleteTag(Quirk.DELETE_BY_DIGEST_ONLY)).isEqualTo(400);
        assertThat(deleteTag(Quirk.DELETE_BY_TAG_INVALID)).isEqualTo(400);
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().with(Quirk.GITLAB_TAG_DELETE).start()) {
            registry.push(REPO, "a", TestImage.docker(1));

            TestHttp http = TestHttp.to(registry.uri());
            assertThat(http.status("DELETE", "/v2/group/app/tags/reference/a")).isEqualTo(202);
            assertThat(registry.tags(REPO)).isEmpty();
        }
    }

    @Test
    void takesSeveralTagsInOnePut() throws IOException {
        TestImage image = TestImage.oci(1);
        String put = "/v2/group/app/manifests/" + image.digest() + "?tag=a&tag=b";
        try (InMemoryRegistry registry =
                        InMemoryRegistry.builder().with(Quirk.TAGS_ON_PUT).start();
                InMemoryRegistry older = InMemoryRegistry.start()) {
            for (InMemoryRegistry each : List.of(registry, older)) {
                each.push(REPO, image);
                HttpResponse<byte[]> answer = TestHttp.to(each.uri())
                        .with("Content-Type", image.mediaType())
                        .send("PUT", put, image.bytes());
                assertThat(answer.statusCode()).isEqualTo(201);
                assertThat(each.tags(REPO))
                        .containsExactlyElementsOf(answer.headers().allValues("OCI-Tag"));
            }
            assertThat(registry.tags(REPO)).containsExactly("a", "b");
            assertThat(older.tags(REPO)).isEmpty();
        }
    }

    @Test
    void refusesToMoveImmutableTags() throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            TestImage other = TestImage.oci(2);
            registry.push(REPO, "1.0", TestImage.oci(1));
            registry.push(REPO, other);
            registry.immutableTags(REPO, true);
            TestHttp http = TestHttp.to(registry.uri()).with("Content-Type", other.mediaType());

            assertThat(http.send("PUT", "/v2/group/app/manifests/1.0", other.bytes())
                            .statusCode())
                    .isEqualTo(403);
            assertThat(http.send("PUT", "/v2/group/app/manifests/1.1", other.bytes())
                            .statusCode())
                    .isEqualTo(201);
            assertThat(http.status("DELETE", "/v2/group/app/manifests/1.0")).isEqualTo(403);
        }
    }

    @Test
    void sendsOnlyWhatIsAccepted() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().with(Quirk.HONOURS_ACCEPT).start()) {
            TestImage child = TestImage.docker(1);
            TestImage list = TestImage.dockerList(child);
            registry.push(REPO, "list", list);
            registry.push(REPO, "oci", TestImage.oci(1));
            TestHttp http = TestHttp.to(registry.uri());
            TestHttp old = http.with("Accept", MediaTypes.DOCKER_MANIFEST);

            assertThat(http.with("Accept", MediaTypes.ALL_MANIFESTS)
                            .get("/v2/group/app/manifests/list")
                            .body())
                    .isEqualTo(list.bytes());
            assertThat(old.get("/v2/group/app/manifests/list").body()).isEqualTo(child.bytes());
            assertThat(old.status("GET", "/v2/group/app/manifests/oci")).isEqualTo(404);
            assertThat(http.status("GET", "/v2/group/app/manifests/" + child.digest()))
                    .isEqualTo(400);
        }
    }

    @Test
    void limitsManifestsAndPulls() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().maxManifestBytes(100).pullLimit(1).start()) {
            registry.push(REPO, "a", TestImage.docker(1));
            TestHttp http = TestHttp.to(registry.uri());

            HttpResponse<byte[]> head = http.send("HEAD", "/v2/group/app/manifests/a");
            assertThat(TestHttp.header(head, "ratelimit-remaining")).isEqualTo("1;w=21600");
            assertThat(http.status("GET", "/v2/group/app/manifests/a")).isEqualTo(200);
            assertThat(http.status("GET", "/v2/group/app/manifests/a")).isEqualTo(429);
            assertThat(http.with("Content-Type", MediaTypes.DOCKER_MANIFEST)
                            .send("PUT", "/v2/group/app/manifests/b", new byte[101])
                            .statusCode())
                    .isEqualTo(413);
        }
    }

    @Test
    void listsReferrers() throws IOException {
        try (InMemoryRegistry registry =
                InMemoryRegistry.builder().referrersPageSize(1).start()) {
            TestImage image = TestImage.oci(1);
            registry.push(REPO, "1.0", image);
            registry.push(
                    REPO, TestImage.oci(2).withSubject(image).withArtifactType("application/vnd.example.signature"));
            registry.push(REPO, TestImage.oci(3).withSubject(image));
            TestHttp http = TestHttp.to(registry.uri());
            String path = "/v2/group/app/referrers/" + image.digest();

            HttpResponse<byte[]> first = http.get(path);
            HttpResponse<byte[]> second = http.get(TestHttp.next(first).orElseThrow());

            assertThat(List.of(first, second))
                    .allSatisfy(page ->
                            assertThat(Json.parse(page.body()).get("manifests")).hasSize(1));
            assertThat(TestHttp.next(second)).isEmpty();
            assertThat(http.json(path + "?artifactType=application/vnd.example.signature")
                            .get("manifests"))
                    .hasSize(1);
        }
    }

    private static int deleteTag(Quirk quirk) throws IOException {
        try (InMemoryRegistry registry = InMemoryRegistry.builder().with(quirk).start()) {
            registry.push(REPO, "a", TestImage.docker(1));
            int status = TestHttp.to(registry.uri()).status("DELETE", "/v2/group/app/manifests/a");
            assertThat(registry.tags(REPO)).containsExactly("a");
            return status;
        }
    }

    private static List<String> follow(InMemoryRegistry registry, String path) throws IOException {
        List<String> tags = new ArrayList<>();
        TestHttp http = TestHttp.to(registry.uri());
        for (Optional<String> next = Optional.of(path); next.isPresent(); ) {
            HttpResponse<byte[]> page = http.get(next.get());
            for (JsonNode tag : Json.parse(page.body()).get("tags")) {
                tags.add(tag.asText());
            }
            next = TestHttp.next(page);
        }
        return tags;
    }

    private static String code(HttpResponse<byte[]> response) {
        return Json.parse(response.body()).at("/errors/0/code").asText();
    }
}
