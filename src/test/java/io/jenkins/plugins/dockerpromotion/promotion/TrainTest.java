package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.UnverifiedImageException;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest.Options;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Tests promotions of several images, all or none, and rollbacks. */
class TrainTest {

    private static final Basic BUILD = new Basic("build", "build-secret");
    private static final Basic PROD = new Basic("prod", "prod-secret");
    private static final TestImage OLD = TestImage.oci(1);

    @AutoClose
    private final InMemoryRegistry build = registry(BUILD);

    @AutoClose
    private final InMemoryRegistry prod = registry(PROD);

    private final TestNetwork network = TestNetwork.of(build, prod);

    private static InMemoryRegistry registry(Basic account) {
        return InMemoryRegistry.builder()
                .bearer()
                .user(account.username(), account.password())
                .start();
    }

    private static ImageReference reference(InMemoryRegistry registry, String image, String tag) {
        return new ImageReference(ImageName.parse(registry.host() + "/acme/" + image), tag);
    }

    private PromotionRequest within(String image, String tag, boolean dryRun) {
        ImageReference source = reference(build, image, tag);
        return PromotionRequest.of(source, source.name(), List.of("production"), new Options(true, true, dryRun))
                .with(BUILD, BUILD);
    }

    private PromotionRequest across(String image, String tag) {
        return PromotionRequest.of(
                        reference(build, image, tag),
                        ImageName.parse(prod.host() + "/acme/" + image),
                        List.of("{tag}", "production"),
                        new Options(true, true, false))
                .with(BUILD, PROD);
    }

    private TrainReceipt run(PromotionRequest... images) throws Exception {
        return new TrainRequest(List.of(images)).run(network.context());
    }

    private void pushAll() {
        build.push("acme/web", "1.0", TestImage.oci(10));
        build.push("acme/api", "2.0", TestImage.docker(20));
        build.push("acme/web", "production", OLD);
        prod.push("acme/api", "production", OLD);
    }

    @Test
    void promotesImagesOfSeveralRegistriesTogether() throws Exception {
        pushAll();

        TrainReceipt receipt = run(within("web", "1.0", false), across("api", "2.0"));

        assertThat(build.digestOf("acme/web", "production"))
                .contains(TestImage.oci(10).digest());
        assertThat(prod.digestOf("acme/api", "production"))
                .contains(TestImage.docker(20).digest());
        assertThat(prod.digestOf("acme/api", "2.0"))
                .contains(TestImage.docker(20).digest());
        assertThat(receipt.images())
                .extracting(PromotionReceipt::digest)
                .containsExactly(
                        TestImage.oci(10).digest(), TestImage.docker(20).digest());
        assertThat(receipt.asMap())
                .containsOnlyKeys(build.host() + "/acme/web", build.host() + "/acme/api")
                .allSatisfy((image, map) ->
                        assertThat(map.toString()).startsWith("{image=").contains("targets="));
    }

    @Test
    void movesNoTagBeforeTheContentOfAllIsThere() throws Exception {
        pushAll();
        List<String> order = new ArrayList<>();
        for (InMemoryRegistry registry : List.of(build, prod)) {
            registry.onRequest(
                    put -> {
                        if (put.method().equals("PUT")) {
                            synchronized (order) {
                                order.add(put.path());
                            }
                        }
                        return false;
                    },
                    Fault.status(500));
        }

        run(within("web", "1.0", false), across("api", "2.0"));

        assertThat(order.subList(order.size() - 3, order.size()))
                .allMatch(path -> path.matches("/v2/acme/.*/manifests/(production|2.0)"));
        assertThat(order.get(order.size() - 1)).as("the tag that is new").isEqualTo("/v2/acme/api/manifests/2.0");
    }

    @Test
    void changesNothingIfOneIsRefusedAndNamesAllThatAre() throws Exception {
        pushAll();
        build.push("acme/web", "1.0-rc", OLD);
        build.push("acme/api", "2.0-rc", OLD);
        PromotionRequest[] requests = {
            candidate("web", "1.0"), candidate("api", "2.0"),
        };

        assertThatThrownBy(() -> run(requests))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll("acme/web:1.0", "1.0-rc (", "acme/api:2.0", "2.0-rc (", "nothing was changed");
        assertThat(build.requests().count("PUT", ".*")).isZero();
    }

    private PromotionRequest candidate(String image, String tag) {
        ImageReference source = reference(build, image, tag);
        return PromotionRequest.of(
                        source, source.name(), List.of("{tag}-rc", "latest"), new Options(false, true, false))
                .with(BUILD, BUILD);
    }

    @Test
    void changesNothingIfOneIsNotSigned() {
        pushAll();
        PromotionRequest unsigned = within("web", "1.0", false).verifying(List.of(signedBy(ImageSigner.create())));

        assertThatThrownBy(() -> run(across("api", "2.0"), unsigned))
                .isInstanceOf(UnverifiedImageException.class)
                .hasMessageStartingWith("Cannot verify " + build.host() + "/acme/web@"
                        + TestImage.oci(10).digest() + ": ");
        assertThat(build.requests().count("PUT", ".*")).isZero();
        assertThat(prod.requests().count("PUT|POST", ".*")).isZero();
    }

    @Test
    void saysWhoSignedTheImage() throws Exception {
        pushAll();
        ImageSigner signer = ImageSigner.create();
        signer.sign(build, "acme/web", TestImage.oci(10).digest());

        PromotionReceipt receipt =
                within("web", "1.0", true).verifying(List.of(signedBy(signer))).run(network.context());

        assertThat(receipt.accepted()).isEqualTo("signed by key " + signer.fingerprint());
    }

    private static VerificationRequirement signedBy(ImageSigner signer) {
        return new VerificationRequirement("the release", List.of(signer.publicKey()), List.of());
    }

    @Test
    void putsAllBackIfOneFailsAndSaysWhereEachIs() {
        pushAll();
        prod.onRequest(
                put -> RecordedRequest.matching("PUT", "/v2/acme/api/manifests/production")
                                .test(put)
                        && moved(build, "/v2/acme/web/manifests/production"),
                Fault.status(403).always());

        assertThatThrownBy(() -> run(within("web", "1.0", false), across("api", "2.0")))
                .isInstanceOfSatisfying(
                        PromotionException.class,
                        e -> assertThat(e.undone())
                                .extracting(undone -> undone.attempted().image())
                                .containsExactly(build.host() + "/acme/web", prod.host() + "/acme/api"))
                .hasMessageContainingAll(
                        "403",
                        "now in " + build.host() + "/acme/web: production put back to "
                                + OLD.digest().substring(0, 19),
                        "now in " + prod.host() + "/acme/api: 2.0 still absent, production unchanged at ");
        assertThat(build.digestOf("acme/web", "production")).contains(OLD.digest());
        assertThat(prod.digestOf("acme/api", "production")).contains(OLD.digest());
    }

    @Test
    void knowsAfterAnInterruptionWhatTheTagsWereBefore() throws Exception {
        pushAll();
        Map<String, String> kept = new HashMap<>();
        TrainRequest train = new TrainRequest(List.of(within("web", "1.0", false), across("api", "2.0")));
        TrainReceipt done = train.run(network.remembering(kept));
        int puts = build.requests().count("PUT", ".*") + prod.requests().count("PUT", ".*");

        TrainReceipt again = train.run(network.remembering(kept));

        assertThat(again).isEqualTo(done);
        assertThat(again.images().get(0).targets())
                .containsExactly(new PromotionReceipt.Target("production", OLD.digest(), true));
        assertThat(build.requests().count("PUT", ".*") + prod.requests().count("PUT", ".*"))
                .as("nothing is stored twice")
                .isEqualTo(puts);
    }

    @Test
    void putsBackWhatAnEarlierAttemptMovedToo() {
        pushAll();
        build.push("acme/web", OLD);
        build.push("acme/web", "production", TestImage.oci(10));
        Map<String, String> kept = new HashMap<>(Map.of(build.host() + "/acme/web:production", OLD.digest()));
        prod.onRequest(
                "PUT", "/v2/acme/api/manifests/production", Fault.status(403).always());
        TrainRequest train = new TrainRequest(List.of(within("web", "1.0", false), across("api", "2.0")));

        assertThatThrownBy(() -> train.run(network.remembering(kept)))
                .hasMessageContaining("now in " + build.host() + "/acme/web: production put back to "
                        + OLD.digest().substring(0, 19));
        assertThat(build.digestOf("acme/web", "production")).contains(OLD.digest());
    }

    private static boolean moved(InMemoryRegistry registry, String path) {
        registry.requests().await(RecordedRequest.matching("PUT", path).and(put -> put.status() == 201));
        return true;
    }

    @Test
    void showsThePlanAsATable() throws Exception {
        pushAll();

        TrainReceipt plan = run(within("web", "1.0", true), within("api", "2.0", true));

        String host = build.host();
        assertThat(plan.table())
                .containsExactly(
                        "IMAGE" + " ".repeat(host.length() + 10) + "TARGET" + " ".repeat(host.length() + 16)
                                + "NOW                  THEN",
                        host + "/acme/web:1.0  " + host + "/acme/web:production  "
                                + OLD.digest().substring(0, 19) + "  "
                                + TestImage.oci(10).digest().substring(0, 19),
                        host + "/acme/api:2.0  " + host + "/acme/api:production  -                    "
                                + TestImage.docker(20).digest().substring(0, 19));
        assertThat(build.requests().count("PUT", ".*")).isZero();
    }

    @Test
    void worksOnFiftyImagesSideBySideWithFewRequestsAtOnce() throws Exception {
        IntStream.range(0, 50).forEach(i -> build.push("acme/image" + i, "1.0", TestImage.oci(i)));
        build.onRequest(r -> true, Fault.delay(Duration.ofMillis(50)).always());

        run(IntStream.range(0, 50)
                .mapToObj(i -> within("image" + i, "1.0", false))
                .toArray(PromotionRequest[]::new));

        // The server may still be finishing one request when the client sends the next one.
        assertThat(build.requests().peakConcurrency()).isBetween(20, 2 * Transfers.REQUESTS);
        assertThat(build.requests().count())
                .as("challenge, token, manifest, a check that finds nothing and is confirmed, move")
                .isEqualTo(50 * 6);
    }

    @Test
    void refusesATrainThatMakesNoSense() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TrainRequest(List.of()))
                .withMessage("'images' needs at least one image");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(within("web", "1.0", false), within("web", "2.0", false)))
                .withMessage("two images have the same target, " + build.host() + "/acme/web:production");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> run(within("web", "1.0", false), within("api", "2.0", true)))
                .withMessage("'dryRun' must be the same for all images");
    }

    // Rollback

    private PromotionRequest rollback(TestImage to, TestImage current, boolean overwrite) {
        return PromotionRequest.rollback(
                        build.image("acme/web"),
                        List.of(new Tag("production")),
                        Digest.parse(to.digest()),
                        Digest.parse(current.digest()),
                        overwrite,
                        false)
                .with(BUILD, BUILD);
    }

    @Test
    void movesATagBack() throws Exception {
        build.push("acme/web", OLD);
        build.push("acme/web", "production", TestImage.oci(10));

        TrainReceipt receipt = run(rollback(OLD, TestImage.oci(10), false));

        assertThat(build.digestOf("acme/web", "production")).contains(OLD.digest());
        assertThat(receipt.images().get(0).targets())
                .containsExactly(new PromotionReceipt.Target(
                        "production", TestImage.oci(10).digest(), true));
        assertThat(run(rollback(OLD, TestImage.oci(10), false)).images().get(0).targets())
                .as("once more")
                .allMatch(target -> !target.changed());
    }

    @Test
    void movesNoTagBackThatSomebodyElseHasMovedUnlessToldTo() throws Exception {
        build.push("acme/web", OLD);
        build.push("acme/web", "production", TestImage.oci(11));

        assertThatThrownBy(() -> run(rollback(OLD, TestImage.oci(10), false)))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(
                        "/web production (" + TestImage.oci(11).digest().substring(0, 19),
                        TestImage.oci(10).digest().substring(0, 19),
                        "nothing was changed",
                        "overwrite: true");
        build.deleteTag("acme/web", "production");
        assertThatThrownBy(() -> run(rollback(OLD, TestImage.oci(10), false)))
                .hasMessageContaining("/web production (deleted) changed after the last promotion");

        run(rollback(OLD, TestImage.oci(10), true));

        assertThat(build.digestOf("acme/web", "production")).contains(OLD.digest());
    }

    @Test
    void saysThatADigestIsGone() {
        build.push("acme/web", "production", TestImage.oci(10));

        assertThatThrownBy(() -> run(rollback(OLD, TestImage.oci(10), false)))
                .isInstanceOf(PromotionException.class)
                .hasMessageContainingAll(
                        "/acme/web@" + OLD.digest(), "no longer has this digest", "nothing was changed");
    }

    @Test
    void promotesADigestToTagsThatAreNamed() throws Exception {
        build.push("acme/web", OLD);
        ImageReference source = reference(build, "web", OLD.digest());
        Options options = new Options(false, false, false);

        PromotionRequest.of(source, source.name(), List.of("stable"), options)
                .with(BUILD, BUILD)
                .run(network.context());

        assertThat(build.digestOf("acme/web", "stable")).contains(OLD.digest());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PromotionRequest.of(source, source.name(), List.of("{tag}-rc"), options))
                .withMessageContainingAll("'{tag}-rc' needs a tag", "is a digest: name the targets in 'to'");
        assertThat(PromotionRequest.of(
                                ImageReference.tagged(source.name(), new Tag("1")),
                                source.name(),
                                List.of("{tag}-rc"),
                                options)
                        .to())
                .containsExactly(new Tag("1-rc"));
    }
}
