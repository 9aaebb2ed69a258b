package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.RequestLog;
import io.jenkins.plugins.dockerpromotion.testing.ReverseProxy;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever cosign and oras find for an image before a promotion, they find afterwards, for each pair of registries. */
class AttachmentsIT {

    private static final String PREDICATE = "https://example.com/scan";
    private static final TestImage AMD64 = TestImage.oci(1).withPlatform("linux", "amd64");
    private static final TestImage ARM64 = TestImage.oci(2).withPlatform("linux", "arm64");
    private static final TestImage IMAGE = TestImage.ociIndex(AMD64, ARM64);

    @TempDir
    private static Path directory;

    private static FieldTool cosign;
    private static FieldTool oras;

    private final List<AutoCloseable> servers = new ArrayList<>();
    private final List<RegistryLocation> locations = new ArrayList<>();
    private final List<String> notices = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void needsTools() throws Exception {
        FieldTool.assumeAvailable(AttachmentsIT.class, "cosign", "oras", "crane");
        DockerRegistryProcess.assumeAvailable(AttachmentsIT.class);
        cosign = FieldTool.of("cosign", directory);
        oras = FieldTool.of("oras", directory);
        cosign.run("generate-key-pair");
        Files.writeString(directory.resolve("scan.json"), "{\"passed\":true}");
        Files.writeString(directory.resolve("sbom.json"), "{\"spdxVersion\":\"SPDX-2.3\"}");
    }

    @AfterEach
    void closeServers() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    /** A repository and the requests that its registry receives from our client. */
    private record Side(String repository, RequestLog requests) {}

    /** Starts a registry. The in-memory one has the referrers API, the others do not. */
    private Side start(String registry, String path) throws Exception {
        if (registry.equals("API")) {
            InMemoryRegistry own = InMemoryRegistry.start();
            URI uri = opened(new Relay(own.uri())).uri();
            return side(uri, opened(own), path);
        }
        URI uri = registry.equals("crane")
                ? opened(DockerRegistryProcess.crane()).uri()
                : opened(DockerRegistryProcess.builder().start()).uri();
        return side(uri, opened(ReverseProxy.before(uri)), path);
    }

    private Side side(URI uri, HttpTestServer asked, String path) {
        locations.add(new RegistryLocation(uri.getAuthority(), asked.uri(), asked.uri(), ""));
        return new Side(uri.getAuthority() + path, asked.requests());
    }

    private <T extends AutoCloseable> T opened(T server) {
        servers.add(0, server);
        return server;
    }

    private PromotionReceipt promote(Side from, Side to, boolean referrers) throws Exception {
        return promote(from, to, referrers, "{tag}");
    }

    private PromotionReceipt promote(Side from, Side to, boolean referrers, String... tags) throws Exception {
        from.requests.clear();
        to.requests.clear();
        return PromotionRequest.of(
                        ImageName.parse(from.repository),
                        new Tag("1.0"),
                        ImageName.parse(to.repository),
                        List.of(tags),
                        new PromotionRequest.Options(false, referrers, false))
                .run(new RegistryContext(
                        new Network(locations, ProxySettings.NONE, Timing.DEFAULT), Timekeeper.SYSTEM, notices::add));
    }

    private void sign(String image, boolean bundles, String... more) throws Exception {
        cosign("sign", image, bundles, more);
    }

    private void cosign(String command, String image, boolean bundles, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--key=cosign.key",
                "--yes",
                "--tlog-upload=false",
                "--use-signing-config=false",
                "--new-bundle-format=" + bundles,
                "--allow-http-registry"));
        arguments.addAll(List.of(more));
        arguments.add(image);
        cosign.run(arguments.toArray(String[]::new));
    }

    private String attachSbom(String image) throws Exception {
        String said = oras.run(
                "attach",
                "--plain-http",
                "--format=json",
                "--artifact-type=application/spdx+json",
                image,
                "sbom.json:application/spdx+json");
        return new ObjectMapper().readTree(said).path("digest").asText();
    }

    private Set<String> verified(String command, String repository, String digest, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(
                List.of(command, "--key=cosign.pub", "--insecure-ignore-tlog", "--allow-http-registry"));
        arguments.addAll(List.of(more));
        arguments.add(repository + "@" + digest);
        // Each line is JSON: a list, or one object per attestation. Some contain the repository of the request.
        Set<String> found = new TreeSet<>();
        for (String line : cosign.run(arguments.toArray(String[]::new)).lines().toList()) {
            JsonNode json =
                    new ObjectMapper().readTree(line.replaceAll("127[.]0[.]0[.]1:[0-9]+/(team|prod)/app", "app"));
            if (json.isArray()) {
                json.forEach(signature -> found.add(signature.toString()));
            } else if (json.isObject()) {
                found.add(json.toString());
            }
        }
        return found;
    }

    private Set<String> discovered(String repository) throws Exception {
        Set<String> found = new TreeSet<>();
        collect(
                new ObjectMapper().readTree(oras.run("discover", "--plain-http", "--format=json", repository + ":1.0")),
                found);
        return found;
    }

    private static void collect(JsonNode node, Collection<String> found) {
        for (JsonNode referrer : node.path("referrers")) {
            found.add(node.path("digest").asText() + " <- "
                    + referrer.path("digest").asText() + " "
                    + referrer.path("mediaType").asText());
            collect(referrer, found);
        }
    }

    private record Findings(List<Set<String>> verified, Set<String> discovered) {}

    /** Returns everything that cosign and oras report. */
    private Findings find(Side side, String sbom) throws Exception {
        List<Set<String>> verified = new ArrayList<>();
        for (String digest : List.of(IMAGE.digest(), AMD64.digest(), ARM64.digest(), sbom)) {
            verified.add(verified("verify", side.repository, digest));
        }
        verified.add(verified("verify-attestation", side.repository, IMAGE.digest(), "--type=" + PREDICATE));
        return new Findings(verified, discovered(side.repository));
    }

    @ParameterizedTest(name = "{0} to {1}, bundles: {2}")
    @CsvSource({
        "API, API, true",
        "API, API, false",
        "API, CNCF, true",
        "API, CNCF, false",
        "API, crane, true",
        "API, crane, false",
        "CNCF, API, true",
        "CNCF, API, false",
        "CNCF, crane, true",
        "CNCF, crane, false",
        "crane, CNCF, true",
        "crane, CNCF, false"
    })
    void theyFindTheSameBeforeAndAfter(String from, String to, boolean bundles) throws Exception {
        Side seed = start("API", "/app");
        ((InMemoryRegistry) servers.get(0)).push("app", "1.0", IMAGE);
        Side source = start(from, "/team/app");
        Side target = start(to, "/prod/app");
        promote(seed, source, false);
        String image = source.repository + "@" + IMAGE.digest();
        sign(image, bundles, "--recursive");
        cosign("attest", image, bundles, "--predicate=scan.json", "--type=" + PREDICATE);
        String sbom = attachSbom(source.repository + ":1.0");
        sign(source.repository + "@" + sbom, bundles);
        Findings before = find(source, sbom);
        assertThat(before.verified).hasSize(5).noneMatch(Set::isEmpty);

        PromotionReceipt receipt = promote(source, target, true);

        assertThat(receipt.attachments()).as(before.discovered + "\n" + notices).isEqualTo(6);
        assertNothingMovedTwice(source, target);
        assertThat(find(target, sbom)).isEqualTo(before);

        // Another signature can be added to the list at the source. The next promotion copies only that one.
        sign(source.repository + "@" + AMD64.digest(), bundles, "--annotations=again=yes");
        assertThat(promote(source, target, true).attachments()).isEqualTo(1);
        assertNothingMovedTwice(source, target);
        assertThat(writes(target)).as("two blobs, a manifest or two").hasSizeLessThanOrEqualTo(5);
        assertThat(verified("verify", target.repository, AMD64.digest()))
                .hasSize(2)
                .isEqualTo(verified("verify", source.repository, AMD64.digest()));

        assertThat(promote(source, target, true).attachments()).isZero();
        assertThat(writes(target)).isEmpty();
        assertThat(source.requests.blobBytesDown()).isZero();
        assertThat(source.requests.count()).as("five for each of ten manifests").isLessThanOrEqualTo(52);
        assertThat(target.requests.count())
                .as("the tag, two for each of four lists, whether HEAD is true")
                .isLessThanOrEqualTo(10);
        assertThat(source.requests.bytes() + target.requests.bytes()).isLessThan(10_000);
    }

    /** Checks the registry after each write, so no intermediate state is missed. */
    @ParameterizedTest(name = "{0}, bundles: {1}")
    @CsvSource({"CNCF, true", "CNCF, false", "crane, true", "crane, false"})
    void whoeverWatchesTheTagsNeverSeesTheImageWithoutItsSignatures(String to, boolean bundles) throws Exception {
        Side source = start("API", "/team/app");
        ((InMemoryRegistry) servers.get(0)).push("team/app", "1.0", IMAGE);
        sign(source.repository + "@" + IMAGE.digest(), bundles, "--recursive");
        Side target = start(to, "/prod/app");
        String former = TestHttp.to(registry(target)).push("prod/app", "latest", TestImage.oci(3));
        Set<String> seen = new LinkedHashSet<>();
        ((ReverseProxy) servers.get(0)).afterEachWrite(() -> {
            for (String tag : List.of("1.0", "latest")) {
                seen.add(tag + ": " + state(target, tag));
            }
        });

        promote(source, target, true, "{tag}", "latest");

        assertThat(seen)
                .containsExactlyInAnyOrder(
                        "1.0: absent",
                        "latest: " + former,
                        "1.0: " + IMAGE.digest() + ", verified",
                        "latest: " + IMAGE.digest() + ", verified");
    }

    private static URI registry(Side side) {
        return URI.create("http://" + ImageName.parse(side.repository).host());
    }

    /**
     * Returns what a tag points to; for the promoted image also whether cosign verifies the image and its platforms.
     */
    private String state(Side side, String tag) {
        try {
            HttpResponse<byte[]> answer = TestHttp.to(registry(side))
                    .with("Accept", TestImage.OCI_INDEX)
                    .with("Accept", TestImage.OCI_MANIFEST)
                    .send("GET", "/v2/prod/app/manifests/" + tag, new byte[0]);
            String digest = answer.statusCode() == 404 ? "absent" : Content.digestOf(answer.body());
            if (!digest.equals(IMAGE.digest())) {
                return digest;
            }
            for (TestImage each : List.of(IMAGE, AMD64, ARM64)) {
                verified("verify", side.repository, each.digest());
            }
            return digest + ", verified";
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static void assertNothingMovedTwice(Side source, Side target) {
        assertThat(source.requests.all("GET", ".*/blobs/sha256:.*"))
                .extracting(RecordedRequest::path)
                .doesNotHaveDuplicates();
        assertThat(writes(target))
                .flatExtracting(request -> request.parameters("digest"))
                .doesNotHaveDuplicates();
    }

    private static List<RecordedRequest> writes(Side side) {
        return side.requests.all(request -> !Set.of("GET", "HEAD").contains(request.method()));
    }
}
