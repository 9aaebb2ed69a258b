package io.jenkins.plugins.dockerpromotion.attachment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.attachment.SigstoreInstance.Flaw;
import io.jenkins.plugins.dockerpromotion.attachment.VerifiedImage.Signed;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Content;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.Quirk;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our verification and cosign agree on the same files in the same registry: what cosign signs is accepted, what cosign
 * rejects is rejected. cosign runs without a transparency log.
 */
class CosignIT {

    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final String WHO = SigstoreInstance.IDENTITY;
    private static final String ISSUER = SigstoreInstance.ISSUER;
    private static final TestImage ONE = TestImage.oci(1);
    private static final ImageSigner SIGNER = ImageSigner.create();
    private static final String PREDICATE = "{\"verdict\": \"clean\", \"findings\": [1, 2]}";

    private static final String LINK = "{\"_type\": \"link\", \"name\": \"build\", \"command\": [], \"materials\": {},"
            + " \"products\": {}, \"byproducts\": {}, \"environment\": {}}";

    /** The options for cosign's bundle format and for its older tags. */
    private static final Map<String, List<String>> FORMATS = Map.of(
            "bundle", List.of("--signing-config", "signing.json", "--trusted-root", "root.json"),
            "older", List.of("--new-bundle-format=false", "--use-signing-config=false", "--tlog-upload=false"));

    @TempDir
    private static Path home;

    private static InMemoryRegistry withApi;
    private static InMemoryRegistry withoutApi;

    private InMemoryRegistry registry = withApi;
    private Relay relay;
    private String digest;
    private String image;

    @BeforeAll
    static void start() throws Exception {
        FieldTool.assumeAvailable(CosignIT.class, "cosign", "openssl");
        withApi = InMemoryRegistry.start();
        withoutApi = InMemoryRegistry.builder().with(Quirk.NO_REFERRERS_API).start();
        Files.writeString(home.resolve("predicate.json"), PREDICATE);
        cosign("trusted-root", "create", "--out", "root.json");
        cosign(
                "signing-config",
                "create",
                "--out",
                "signing.json",
                "--no-default-fulcio",
                "--no-default-oidc",
                "--no-default-rekor",
                "--no-default-tsa");
        key("release", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
        key("stranger", "EC", "-pkeyopt", "ec_paramgen_curve:P-256");
    }

    @AfterAll
    static void close() {
        if (withApi != null) {
            withApi.close();
            withoutApi.close();
        }
    }

    @AfterEach
    void hangUp() throws IOException {
        relay.close();
    }

    /** Generates a key with openssl and imports it into cosign. */
    private static void key(String name, String algorithm, String... options) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("genpkey", "-algorithm", algorithm, "-out", name + ".pem"));
        arguments.addAll(List.of(options));
        FieldTool.of("openssl", home).run(arguments.toArray(String[]::new));
        succeeds(cosign("import-key-pair", "--yes", "--key", name + ".pem", "--output-key-prefix", name));
    }

    private static String publicKey(String name) throws IOException {
        return Files.readString(home.resolve(name + ".pub"));
    }

    private static FieldTool.Result cosign(String... arguments) throws Exception {
        return FieldTool.of("cosign", home).with(Map.of("COSIGN_YES", "true")).attempt(arguments);
    }

    /** Pushes a different image for each repository, so that tests are independent. */
    private void push(String repository) throws IOException {
        push(repository, TestImage.oci(repository.hashCode()));
    }

    private void push(String repository, TestImage pushed) throws IOException {
        digest = registry.push(repository, "1.0", pushed);
        relay = new Relay(registry.uri());
        image = relay.host() + "/" + repository;
    }

    private void sign(String key, String format, String... more) throws Exception {
        store("sign", key, format, more);
    }

    private void attest(String key, String format, String type) throws Exception {
        store("attest", key, format, "--type", type, "--predicate", "predicate.json");
    }

    private void store(String what, String key, String format, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(what, "--yes", "--key", key + ".key"));
        arguments.addAll(FORMATS.get(format));
        arguments.addAll(List.of(more));
        arguments.add(image + "@" + digest);
        succeeds(cosign(arguments.toArray(String[]::new)));
    }

    private boolean cosignAccepts(String key) throws Exception {
        return cosign("verify", "--insecure-ignore-tlog", "--key", key + ".pub", image + "@" + digest)
                        .status()
                == 0;
    }

    private boolean cosignAccepts(String key, String type) throws Exception {
        return cosign(
                                "verify-attestation",
                                "--insecure-ignore-tlog",
                                "--key",
                                key + ".pub",
                                "--type",
                                type,
                                image + "@" + digest)
                        .status()
                == 0;
    }

    private static void succeeds(FieldTool.Result result) {
        assertThat(result.status()).as(result.errors()).isZero();
    }

    private VerifiedImage verify(String key, String... attestations) throws Exception {
        return verify(new VerificationRequirement("verifyImage", List.of(publicKey(key)), List.of(attestations)));
    }

    private VerifiedImage verify(VerificationRequirement requirement) throws Exception {
        TestNetwork network = new TestNetwork().and(RegistryLocation.plain(relay.host()));
        return new StoredImage(network, ImageName.parse(image), digest).verify(true, requirement);
    }

    private void bothAccept(String key) throws Exception {
        assertThat(cosignAccepts(key)).as("cosign").isTrue();
        assertThat(verify(key).signatures()).hasSize(1);
    }

    private void bothReject(String key) throws Exception {
        assertThat(cosignAccepts(key)).as("cosign").isFalse();
        assertThatThrownBy(() -> verify(key)).isInstanceOf(UnverifiedImageException.class);
    }

    /**
     * With keys other than P-256 and RSA, cosign 3.1 signs with one algorithm and verifies with another: it uses the
     * hash of the curve for P-384 and P-521, and the pre-hashed form of Ed25519. It then rejects its own valid
     * signatures. It does not create bundles with Ed25519 keys.
     */
    @ParameterizedTest
    @CsvSource({
        "bundle, EC, ec_paramgen_curve:P-256, true",
        "older, EC, ec_paramgen_curve:P-256, true",
        "bundle, EC, ec_paramgen_curve:P-384, false",
        "older, EC, ec_paramgen_curve:P-384, false",
        "bundle, EC, ec_paramgen_curve:P-521, false",
        "older, EC, ec_paramgen_curve:P-521, false",
        "bundle, RSA, rsa_keygen_bits:2048, true",
        "older, RSA, rsa_keygen_bits:2048, true",
        "older, ED25519, , false"
    })
    void acceptsWhatCosignSigns(String format, String algorithm, String option, boolean cosignAcceptsToo)
            throws Exception {
        push("kinds/" + format + Integer.toHexString((algorithm + option).hashCode()));
        key("kind", algorithm, option == null ? new String[0] : new String[] {"-pkeyopt", option});
        sign("kind", format, "-a", "build=103");

        Signed signature = verify("kind").signatures().get(0);

        assertThat(signature.annotations()).containsExactly(Map.entry("build", "103"));
        assertThat(signature.format()).isEqualTo(format.equals("bundle") ? "bundle" : "simple signing");
        assertThat(cosignAccepts("kind")).as("cosign").isEqualTo(cosignAcceptsToo);
    }

    @ParameterizedTest
    @CsvSource({
        "secp256r1, SHA256withECDSA, true",
        "secp256r1, SHA384withECDSA, false",
        "secp384r1, SHA256withECDSA, true",
        "secp521r1, SHA256withECDSA, true",
        "2048, SHA256withRSA, true",
        "4096, SHA256withRSA, true",
        "2048, SHA384withRSA, false",
        "2048, SHA512withRSA, false",
        "2048, RSASSA-PSS, false",
        "Ed25519, Ed25519, true"
    })
    void agreesWithCosignAboutAlgorithms(String kind, String algorithm, boolean accepted) throws Exception {
        String repository = "algorithms/" + Integer.toHexString((kind + algorithm).hashCode());
        push(repository);
        ImageSigner signer = ImageSigner.create(kind, algorithm);
        Files.writeString(home.resolve("test.pub"), signer.publicKey());
        signer.sign(registry, repository, digest);
        if (accepted) {
            bothAccept("test");
        } else {
            bothReject("test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "older"})
    void readsThePredicatesThatCosignAttests(String format) throws Exception {
        push("attested/" + format);
        sign("release", format);
        attest("release", format, "https://example.com/scan/v1");
        attest("stranger", format, "slsaprovenance1");

        VerifiedImage verified = verify("release", "https://example.com/scan/v1");

        assertThat(verified.attestations())
                .extracting(Signed::predicate)
                .isEqualTo(List.of(Map.of("verdict", "clean", "findings", List.of(1, 2))));
        assertThat(cosignAccepts("release", "https://example.com/scan/v1")).isTrue();
        assertThat(cosignAccepts("release", "slsaprovenance1")).isFalse();
        assertThatThrownBy(() -> verify("release", "slsaprovenance1"))
                .hasMessageContaining("needs an attestation of type https://slsa.dev/provenance/v1");
    }

    @Test
    void knowsCosignsShortNames() throws Exception {
        push("types");
        sign("release", "older");
        List<String> types = List.of(
                "custom",
                "cyclonedx",
                "link",
                "openvex",
                "slsaprovenance",
                "slsaprovenance02",
                "slsaprovenance1",
                "spdx",
                "spdxjson",
                "vuln");
        // The only predicate type whose fields cosign requires.
        Files.writeString(home.resolve("link.json"), LINK);
        for (String type : types) {
            String predicate = type.equals("link") ? "link.json" : "predicate.json";
            store("attest", "release", "older", "--type", type, "--predicate", predicate);
        }

        assertThat(verify("release", types.toArray(String[]::new)).attestations())
                .hasSize(types.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle", "older"})
    void findsWhatCosignStoresWithoutTheApi(String format) throws Exception {
        registry = withoutApi;
        push("without/" + format);
        sign("release", format);
        attest("release", format, "spdxjson");

        bothAccept("release");
        assertThat(verify("release", "spdxjson").attestations()).hasSize(1);
    }

    /** The test creates what cosign would have signed, and changes one thing at a time. */
    static Stream<Arguments> whatBothReject() {
        String own = ONE.digest();
        byte[] statement = ImageSigner.statement(own, SignedPayload.SIGNATURE, Map.of());
        byte[] other = ImageSigner.statement(TestImage.oci(2).digest(), SignedPayload.SIGNATURE, Map.of());
        byte[] payload = ImageSigner.payload(own, Map.of());
        byte[] otherPayload = ImageSigner.payload(TestImage.oci(2).digest(), Map.of());
        byte[] good = Json.write(SIGNER.bundle(SIGNER.envelope(statement)));
        String text = new String(good, UTF_8);
        return Stream.of(
                Arguments.of("nothing", true, bundle(good)),
                Arguments.of("nothing", true, older(payload, SIGNER.signature(payload))),
                Arguments.of("moved", false, bundle(Json.write(SIGNER.bundle(SIGNER.envelope(other))))),
                Arguments.of("moved", false, older(otherPayload, SIGNER.signature(otherPayload))),
                Arguments.of(
                        "payload changed",
                        false,
                        bundle(Json.write(SIGNER.bundle(SIGNER.envelope(statement, IN_TOTO, other))))),
                Arguments.of("payload changed", false, older(payload, SIGNER.signature(otherPayload))),
                Arguments.of(
                        "another key",
                        false,
                        bundle(Json.write(SIGNER.bundle(ImageSigner.create().envelope(statement))))),
                Arguments.of(
                        "another type",
                        false,
                        bundle(Json.write(SIGNER.bundle(SIGNER.envelope(statement, "text/plain", statement))))),
                Arguments.of("cut short", false, bundle(Arrays.copyOf(good, good.length - 1))),
                Arguments.of(
                        "another version",
                        false,
                        bundle(text.replace("v0.3+json", "v0.9+json").getBytes(UTF_8))));
    }

    private static TestImage bundle(byte[] bundle) {
        return ImageSigner.attachment(ONE.digest(), ImageSigner.layer(SignedPayload.BUNDLE, bundle));
    }

    private static TestImage older(byte[] payload, String signature) {
        return ImageSigner.attachment("", ImageSigner.layer(SignedPayload.SIMPLE_SIGNING, payload, signature));
    }

    @ParameterizedTest
    @MethodSource("whatBothReject")
    void agreesWithCosignAboutWhatWasChanged(String changed, boolean good, TestImage stored) throws Exception {
        Files.writeString(home.resolve("test.pub"), SIGNER.publicKey());
        String repository = "changed/" + Content.of(stored.bytes()).digest().substring(7, 20);
        push(repository, ONE);
        boolean refers = new String(stored.bytes(), UTF_8).contains("\"subject\"");
        if (refers) {
            registry.push(repository, stored);
        } else {
            registry.push(repository, ImageSigner.tag(digest, ".sig"), stored);
        }
        if (good) {
            bothAccept("test");
        } else {
            bothReject("test");
        }
    }

    /** The test has its own certificate authority and logs, which cosign is configured to trust. */
    static Stream<Arguments> certificates() {
        Stream<Arguments> flaws = Arrays.stream(Flaw.values()).map(flaw -> Arguments.of(WHO, ISSUER, flaw));
        return Stream.concat(
                Stream.of(
                        Arguments.of(WHO, ISSUER, null),
                        Arguments.of("stranger@example.com", ISSUER, null),
                        Arguments.of(WHO, "https://other.example.com", null)),
                flaws);
    }

    @ParameterizedTest
    @MethodSource("certificates")
    void agreesWithCosignAboutCertificates(String identity, String issuer, Flaw flaw) throws Exception {
        SigstoreInstance sigstore = new SigstoreInstance();
        Files.writeString(home.resolve("own.json"), sigstore.trustedRoot());
        String repository = "certificates/" + Integer.toHexString((identity + issuer + flaw).hashCode());
        push(repository);
        byte[] statement = ImageSigner.statement(digest, SignedPayload.SIGNATURE, Map.of());
        Flaw[] flaws = flaw == null ? new Flaw[0] : new Flaw[] {flaw};
        byte[] bundle = sigstore.sign(statement, identity, issuer, flaws);
        registry.push(repository, ImageSigner.attachment(digest, ImageSigner.layer(SignedPayload.BUNDLE, bundle)));
        boolean good = identity.equals(WHO) && issuer.equals(ISSUER) && flaw == null;

        FieldTool.Result cosign = cosign(
                "verify",
                "--trusted-root",
                "own.json",
                "--certificate-identity",
                WHO,
                "--certificate-oidc-issuer",
                ISSUER,
                image + "@" + digest);

        assertThat(cosign.status() == 0).as(cosign.errors()).isEqualTo(good);
        if (good) {
            assertThat(verify(sigstore.requirement()).signatures()).hasSize(1);
        } else {
            assertThatThrownBy(() -> verify(sigstore.requirement())).isInstanceOf(UnverifiedImageException.class);
        }
    }
}
