package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.dockerpromotion.attachment.Inspection;
import io.jenkins.plugins.dockerpromotion.attachment.UnverifiedImageException;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage;
import io.jenkins.plugins.dockerpromotion.attachment.Verifier;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageInfo;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport.IssuedToken;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import io.jenkins.plugins.dockerpromotion.testing.AccessRules;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.testing.Skopeo;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.testing.TokenServer;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests each operation on two third-party registries, and checks the state before and after with third-party tools. The
 * CNCF registry deletes by digest only. crane's registry deletes tags, truncates lists without notice, and keeps
 * everything in memory.
 */
class RealRegistriesIT {

    private static final TagPattern PATTERN = TagPattern.of("{year}.{week}.{build}");
    private static final TestImage INDEX = TestImage.ociIndex(
            TestImage.oci(1).withPlatform("linux", "amd64"), TestImage.oci(2).withPlatform("linux", "arm64"));

    private static final Basic USER = new Basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);

    @TempDir
    private static Path home;

    private static DockerRegistryProcess cncf;
    private static DockerRegistryProcess craneRegistry;
    private static FieldTool crane;
    private static FieldTool cosign;
    private static FieldTool oras;

    private final TestNetwork network = TestNetwork.of()
            .and(RegistryLocation.plain(Kind.CNCF.host()))
            .and(RegistryLocation.plain(Kind.CRANE.host()));

    enum Kind {
        CNCF,
        CRANE;

        String host() {
            return this == CNCF ? cncf.host() : craneRegistry.uri().getAuthority();
        }

        ImageName image(String path) {
            return ImageName.parse(host() + "/" + path);
        }

        Kind other() {
            return this == CNCF ? CRANE : CNCF;
        }

        void push(String path, String tag, TestImage image) throws Exception {
            TestHttp.to(this == CNCF ? cncf.uri() : craneRegistry.uri()).push(path, tag, image);
        }
    }

    @BeforeAll
    static void start() throws Exception {
        FieldTool.assumeAvailable(RealRegistriesIT.class, "crane", "cosign", "oras");
        Skopeo.assumeAvailable(RealRegistriesIT.class);
        DockerRegistryProcess.assumeAvailable(RealRegistriesIT.class);
        cncf = DockerRegistryProcess.builder().deletes().start();
        craneRegistry = DockerRegistryProcess.crane();
        crane = FieldTool.of("crane", home);
        cosign = FieldTool.of("cosign", home);
        oras = FieldTool.of("oras", home);
    }

    @AfterAll
    static void stop() {
        if (craneRegistry != null) {
            craneRegistry.close();
        }
        if (cncf != null) {
            cncf.close();
        }
    }

    private RegistryContext context() {
        return network.context();
    }

    /**
     * Checks an image with crane and skopeo, two independent implementations. crane also checks that each layer exists.
     */
    private static void assertStands(String image, TestImage expected) throws Exception {
        assertThat(crane.run("digest", image).strip()).as(image).isEqualTo(expected.digest());
        assertThat(Skopeo.ANONYMOUS.digest(image)).as(image).isEqualTo(expected.digest());
        crane.run("validate", "--fast", "--remote", image);
    }

    private static Set<String> tags(ImageName image) throws Exception {
        return new TreeSet<>(crane.run("ls", image.toString()).lines().toList());
    }

    private static PromotionRequest promotion(ImageName from, String tag, ImageName to, String... targets) {
        return PromotionRequest.of(
                from, new Tag(tag), to, List.of(targets), new PromotionRequest.Options(false, true, false));
    }

    @ParameterizedTest
    @EnumSource
    void findsAndListsTags(Kind kind) throws Exception {
        ImageName image = kind.image("lists/app");
        for (String tag : List.of("2017.2.103", "2017.2.1030", "2017.2.2103", "2017x2y103", "latest")) {
            kind.push("lists/app", tag, TestImage.docker(tag.length()));
        }

        assertThat(TagQuery.ofBuild(image, PATTERN, BigInteger.valueOf(103))
                        .run(context())
                        .tags())
                .containsExactly(new Tag("2017.2.103"));
        assertThat(new TagQuery(image, Optional.of(PATTERN), 2).run(context()).tags())
                .containsExactly(new Tag("2017.2.2103"), new Tag("2017.2.1030"));
        assertThat(new TagQuery(image, Optional.empty(), 100).run(context()).tags())
                .extracting(Tag::value)
                .containsExactlyInAnyOrderElementsOf(tags(image));
        assertThatThrownBy(() -> new TagQuery(kind.image("lists/none"), Optional.empty(), 9).run(context()))
                .hasMessageContaining("check that it exists");
    }

    /** The client requests pages of 100 tags. crane's registry does not report that there are more. */
    @ParameterizedTest
    @EnumSource
    void listsMoreThanAPage(Kind kind) throws Exception {
        ImageName image = kind.image("long/app");
        kind.push("long/app", "first", TestImage.docker(1));
        TestHttp http = TestHttp.to(kind == Kind.CNCF ? cncf.uri() : craneRegistry.uri())
                .with("Content-Type", TestImage.docker(1).mediaType());
        for (int build = 1; build <= 250; build++) {
            http.send(
                    "PUT",
                    "/v2/long/app/manifests/2017.2." + build,
                    TestImage.docker(1).bytes());
        }
        RegistryLocation plain = RegistryLocation.plain(kind.host());
        TestNetwork pages = TestNetwork.of()
                .and(new RegistryLocation(plain.host(), plain.registry(), plain.api(), "", 100, List.of(), ""));

        assertThat(new TagQuery(image, Optional.empty(), 1000)
                        .run(pages.context())
                        .tags())
                .extracting(Tag::value)
                .hasSize(251)
                .containsAll(IntStream.rangeClosed(1, 250)
                        .mapToObj(build -> "2017.2." + build)
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfAnImageWhatOthersTell(Kind kind) throws Exception {
        kind.push("info/app", "1.0", INDEX);
        ImageReference reference = ImageReference.tagged(kind.image("info/app"), new Tag("1.0"));

        ImageInfo info = new Inspection(reference, true, RegistryAuthentication.ANONYMOUS).run(context());

        JsonNode manifest = new ObjectMapper().readTree(crane.run("manifest", reference.toString()));
        assertThat(info.digest())
                .isEqualTo(crane.run("digest", reference.toString()).strip());
        assertThat(info.mediaType()).isEqualTo(manifest.path("mediaType").asText());
        assertThat(info.platforms())
                .extracting(ImageInfo.Platform::digest)
                .containsExactlyElementsOf(manifest.path("manifests").findValuesAsText("digest"));
        assertThat(info.platforms()).extracting(Object::toString).containsExactly("linux/amd64", "linux/arm64");
    }

    @ParameterizedTest
    @EnumSource
    void promotesWithinARepositoryAndRollsBack(Kind kind) throws Exception {
        ImageName image = kind.image("same/app");
        TestImage before = TestImage.docker(1);
        kind.push("same/app", "1.0", before);
        kind.push("same/app", "latest", before);
        kind.push("same/app", "2.0", INDEX);

        promotion(image, "2.0", image, "{tag}-rc", "latest").run(context());

        assertStands(image + ":2.0-rc", INDEX);
        assertStands(image + ":latest", INDEX);
        assertThatThrownBy(() -> promotion(image, "2.0", image, "1.0").run(context()))
                .hasMessageContaining("other images already have 1.0");
        assertStands(image + ":1.0", before);

        Digest old = Digest.parse(before.digest());
        Digest current = Digest.parse(INDEX.digest());
        ImageReference latest = ImageReference.tagged(image, Tag.LATEST);
        PromotionRequest.rollback(latest.name(), List.of(Tag.LATEST), old, current, false, false)
                .run(context());

        assertStands(image + ":latest", before);
        assertThatThrownBy(() -> PromotionRequest.rollback(
                                latest.name(), List.of(Tag.LATEST), current, current, false, false)
                        .run(context()))
                .hasMessageContaining(" changed after the last promotion");
    }

    @ParameterizedTest
    @EnumSource
    void promotesToAnotherRepository(Kind kind) throws Exception {
        kind.push("team/app", "2.0", INDEX);

        promotion(kind.image("team/app"), "2.0", kind.image("prod/app"), "{tag}", "production")
                .run(context());

        assertStands(kind.image("prod/app") + ":2.0", INDEX);
        assertStands(kind.image("prod/app") + ":production", INDEX);
    }

    /** Promotes to the other registry with a required signature and an SBOM. */
    @ParameterizedTest
    @EnumSource
    void verifiesAndPromotesToTheOtherRegistry(Kind kind) throws Exception {
        String name = kind.name().toLowerCase(Locale.ROOT);
        ImageName from = kind.image("signed/" + name);
        ImageName to = kind.other().image("prod/" + name);
        kind.push("signed/" + name, "2.0", INDEX);
        String pinned = from + "@" + INDEX.digest();
        key("release");
        key("stranger");
        cosign.run(
                "sign",
                "--key=release.key",
                "--yes",
                "--tlog-upload=false",
                "--use-signing-config=false",
                "--allow-http-registry",
                pinned);
        Files.writeString(home.resolve("sbom.json"), "{}");
        oras.run("attach", "--plain-http", "--artifact-type=application/spdx+json", pinned, "sbom.json");

        assertThat(verify(from, "release").signatures()).hasSize(1);
        assertThatThrownBy(() -> verify(from, "stranger")).isInstanceOf(UnverifiedImageException.class);
        promotion(from, "2.0", to, "{tag}", "production")
                .verifying(List.of(requirement("release")))
                .run(context());

        assertStands(to + ":2.0", INDEX);
        assertStands(to + ":production", INDEX);
        cosign.run("verify", "--key=release.pub", "--insecure-ignore-tlog", "--allow-http-registry", to + ":2.0");
        assertThat(discovered(to + ":2.0")).hasSize(2).containsExactlyInAnyOrderElementsOf(discovered(from + ":2.0"));
    }

    private static void key(String name) throws Exception {
        if (!Files.exists(home.resolve(name + ".key"))) {
            cosign.run("generate-key-pair", "--output-key-prefix=" + name);
        }
    }

    private VerifiedImage verify(ImageName image, String key) throws IOException, InterruptedException {
        RegistryClient client = RegistryClient.open(image, RegistryAuthentication.ANONYMOUS, Set.of(), context());
        return Verifier.verify(client, image, Digest.parse(INDEX.digest()), List.of(requirement(key)), false);
    }

    private static VerificationRequirement requirement(String key) throws IOException {
        return new VerificationRequirement(
                "verifyImage", List.of(Files.readString(home.resolve(key + ".pub"))), List.of());
    }

    private static List<String> discovered(String image) throws Exception {
        return new ObjectMapper()
                .readTree(oras.run("discover", "--plain-http", "--format=json", image))
                .path("referrers")
                .findValuesAsText("digest");
    }

    @ParameterizedTest
    @EnumSource
    void deletesATag(Kind kind) throws Exception {
        ImageName image = kind.image("delete/app");
        kind.push("delete/app", "1.0", TestImage.docker(1));
        kind.push("delete/app", "latest", TestImage.docker(1));
        kind.push("delete/app", "2.0", INDEX);
        Files.writeString(home.resolve("sbom.json"), "{}");
        oras.run("attach", "--plain-http", "--artifact-type=application/spdx+json", image + ":2.0", "sbom.json");

        assertThat(delete(image, "2.0")).isEqualTo(INDEX.digest());
        if (kind == Kind.CRANE) {
            delete(image, "1.0");
            assertThat(tags(image)).containsExactly("latest");
        } else {
            assertThatThrownBy(() -> delete(image, "1.0"))
                    .hasMessageContaining("the registry deletes digests only")
                    .hasMessageEndingWith("is also needed by latest; nothing was deleted");
            assertThat(tags(image)).containsExactly("1.0", "latest");
        }
        assertStands(image + ":latest", TestImage.docker(1));
        assertThatThrownBy(() -> delete(image, "2.0")).hasMessageContaining("there is no such tag");
    }

    private String delete(ImageName image, String tag) throws Exception {
        return new TagRemoval(ImageReference.tagged(image, new Tag(tag)), Optional.empty())
                .run(context())
                .digest();
    }

    /** SBOMs refer to a deleted image, a kept image and an image that was deleted without its SBOM. */
    @ParameterizedTest
    @EnumSource
    void prunesWhatItsPlanSays(Kind kind) throws Exception {
        ImageName image = kind.image("prune/app");
        Files.writeString(home.resolve("sbom.json"), "{}");
        for (int build = 1; build <= 4; build++) {
            kind.push("prune/app", "2019.20." + build, TestImage.docker(build));
        }
        kind.push("prune/app", "stable", TestImage.docker(1));
        for (int build = 2; build <= 4; build++) {
            oras.run(
                    "attach",
                    "--plain-http",
                    "--artifact-type=application/spdx+json",
                    image + "@" + TestImage.docker(build).digest(),
                    "sbom.json");
        }
        crane.run("delete", image + "@" + TestImage.docker(3).digest());
        if (kind == Kind.CRANE) {
            crane.run("delete", image + ":2019.20.3");
        }

        PruneReceipt plan = prune(image, true);
        Set<String> before = tags(image);
        PruneReceipt done = prune(image, false);

        Set<String> going = new TreeSet<>(kind == Kind.CRANE ? Set.of("2019.20.1", "2019.20.2") : Set.of("2019.20.2"));
        assertThat(done.deleted()).extracting(PruneReceipt.Entry::tag).containsExactlyInAnyOrderElementsOf(going);
        assertThat(new PruneReceipt(
                        done.kept(), done.deleted(), done.refused(), done.attachments(), done.freed(), true))
                .isEqualTo(plan);
        going.add(fallback(2));
        going.add(fallback(3));
        before.removeAll(going);
        assertThat(tags(image)).containsExactlyElementsOf(before).contains("stable", fallback(4));
        assertStands(image + ":stable", TestImage.docker(1));
        assertThat(discovered(image + ":2019.20.4")).hasSize(1);
    }

    private static String fallback(int build) {
        return TestImage.docker(build).digest().replace(':', '-');
    }

    private PruneReceipt prune(ImageName image, boolean dryRun) throws Exception {
        RetentionPolicy policy =
                new RetentionPolicy(Optional.of(PATTERN), OptionalInt.of(1), OptionalInt.empty(), List.of("latest"));
        return new PruneRequest(image, policy, 100, dryRun).withOrphans().run(context());
    }

    @Test
    void saysThatDeletionIsSwitchedOff() throws Exception {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            ImageName image = registry.image("off/app");
            network.and(RegistryLocation.plain(registry.host()));
            for (int build = 1; build <= 2; build++) {
                TestHttp.to(registry.uri()).push("off/app", "2019.20." + build, TestImage.docker(build));
            }

            assertThatThrownBy(() -> delete(image, "2019.20.1")).hasMessageContaining("deletion is disabled there");
            assertThatThrownBy(() -> prune(image, false))
                    .hasMessageContaining("deletion is disabled there")
                    .hasMessageEndingWith("nothing was deleted");
        }
    }

    enum Login {
        BY_PASSWORD,
        BY_TOKEN,
        BEHIND_A_CERTIFICATE_OF_AN_AUTHORITY_OF_ITS_OWN
    }

    @ParameterizedTest
    @EnumSource
    void promotesWhereALoginIsNeeded(Login login) throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        AccessRules rules = new AccessRules().user(USER.username(), USER.password());
        DockerRegistryProcess.Builder builder = DockerRegistryProcess.builder();
        try (TokenServer tokens = TokenServer.signing(rules, certificates.signer());
                DockerRegistryProcess registry =
                        switch (login) {
                            case BY_PASSWORD -> builder.htpasswd().start();
                            case BY_TOKEN -> builder.tokens(tokens).start();
                            case BEHIND_A_CERTIFICATE_OF_AN_AUTHORITY_OF_ITS_OWN ->
                                builder.htpasswd().tls(certificates).start();
                        }) {
            boolean https = registry.uri().getScheme().equals("https");
            TestHttp http =
                    https ? TestHttp.to(registry.uri(), certificates.clientContext()) : TestHttp.to(registry.uri());
            http = login == Login.BY_TOKEN ? http.bearer(token(tokens)) : http.basic(USER.username(), USER.password());
            http.push("group/app", "2017.2.103", INDEX);
            network.and(new RegistryLocation(
                    registry.host(), registry.uri(), registry.uri(), https ? TestNetwork.testAuthority() : ""));
            ImageName image = registry.image("group/app");
            assertThat(TagQuery.ofBuild(image, PATTERN, BigInteger.valueOf(103))
                            .with(USER)
                            .run(context())
                            .tags())
                    .containsExactly(new Tag("2017.2.103"));
            promotion(image, "2017.2.103", image, "{tag}-rc", "latest")
                    .with(USER, USER)
                    .run(context());
            int before = registry.accessLog().size();

            promotion(image, "2017.2.103", registry.image("stable/app"), "{tag}")
                    .with(USER, USER)
                    .run(context());

            Skopeo anonymous = https ? Skopeo.ANONYMOUS.trusting(certificates.caPem()) : Skopeo.ANONYMOUS;
            Skopeo skopeo = anonymous.basic(USER.username(), USER.password());
            for (String promoted : List.of("group/app:2017.2.103-rc", "group/app:latest", "stable/app:2017.2.103")) {
                assertThat(skopeo.digest(registry.host() + "/" + promoted)).isEqualTo(INDEX.digest());
            }
            assertThat(registry.accessLog().subList(before, registry.accessLog().size()))
                    .as("layers are mounted, not moved")
                    .anyMatch(r -> r.startsWith("\"POST /v2/stable/app/blobs/uploads/?mount="))
                    .noneMatch(r -> r.startsWith("\"GET /v2/group/app/blobs/"))
                    .noneMatch(r -> r.startsWith("\"PATCH ") || r.startsWith("\"PUT /v2/stable/app/blobs/"));
        }
    }

    /** Requests a token as docker does. */
    private static String token(TokenServer tokens) throws IOException {
        return TestHttp.to(tokens.uri())
                .basic(USER.username(), USER.password())
                .json("/token?service=docker-registry-process&scope=repository:group/app:pull,push")
                .get("token")
                .asText();
    }

    /** crane uses a token from the step. */
    @Test
    void givesATokenThatOthersCanUse() throws Exception {
        AccessRules rules = new AccessRules().user(USER.username(), USER.password());
        try (TokenServer tokens =
                        TokenServer.signing(rules, TestCertificates.shared().signer());
                DockerRegistryProcess registry =
                        DockerRegistryProcess.builder().tokens(tokens).start()) {
            TestNetwork guarded = TestNetwork.of().and(RegistryLocation.plain(registry.host()));
            IssuedToken push = RegistryTransport.issueToken(
                    registry.host(), USER, Set.of(Scope.pullAndPush("group/app")), guarded.context());
            TestHttp.to(registry.uri()).bearer(push.value()).push("group/app", "1.0", INDEX);
            IssuedToken pull = RegistryTransport.issueToken(
                    registry.host(), USER, Set.of(Scope.pull("group/app")), guarded.context());
            Files.createDirectories(home.resolve(".docker"));
            Path config = home.resolve(".docker/config.json");
            Files.writeString(
                    config, "{\"auths\":{\"" + registry.host() + "\":{\"registrytoken\":\"" + pull.value() + "\"}}}");

            assertThat(crane.run("digest", registry.host() + "/group/app:1.0").strip())
                    .isEqualTo(INDEX.digest());
            assertThat(crane.attempt("tag", registry.host() + "/group/app:1.0", "2.0")
                            .status())
                    .isNotZero();
            Files.delete(config);
        }
    }
}
