package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests which requests are retried, how often, after which delay, and with which notice in the log. */
class RetryTest extends ClientTest {

    private final ImageReference image = tagged("1.0");

    RetryTest() {
        network.with(TestNetwork.SHORT);
        registry.push("group/app", "1.0", TestImage.docker(1));
    }

    private static Fault status(int status) {
        return Fault.status(status);
    }

    static Stream<Fault> passingFaults() {
        return Stream.of(
                status(408),
                status(429),
                status(500),
                status(502),
                status(503),
                status(504),
                status(503).body("<html>down</html>"),
                Fault.closeConnection(),
                Fault.closeMidBody(),
                Fault.hangMidBody(),
                Fault.hang());
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void triesAgainWhatMaySucceedLater(Fault fault) throws Exception {
        registry.onRequest(r -> true, fault);
        Manifest manifest = client().pull(image);
        assertThat(manifest.digest()).hasToString(TestImage.docker(1).digest());
        // Only the transport retries: the automatic retries of Apache HttpClient are disabled.
        assertThat(registry.requests().count()).isEqualTo(2);
        assertThat(network.notices())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line)
                        .startsWith("Cannot read the manifest of " + image + " on " + registry.uri() + ": ")
                        .matches(".*; retrying in 0\\.[34] s \\(2 of 3\\)")
                        .hasLineCount(1));
    }

    @ParameterizedTest
    @MethodSource("passingFaults")
    void triesNoMoreThanItMay(Fault fault) {
        registry.onRequest(r -> true, fault.always());
        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> client().pull(image));
        assertThat(failure.isTemporary()).isTrue();
        assertThat(failure.getMessage()).hasLineCount(1);
        assertThat(network.notices()).hasSize(2);
        assertThat(network.notices().get(1)).matches(".*; retrying in 0\\.[678] s \\(3 of 3\\)");
        assertThat(network.time().pauses()).hasSize(2);
    }

    @Test
    void storesAManifestAgainWhoseAnswerWasLost() throws Exception {
        Manifest manifest = client().pull(image);
        registry.onRequest(r -> r.method().equals("PUT"), Fault.loseAnswer());
        client().push(ImageReference.tagged(image.name(), new Tag("1.0-rc")), manifest);
        assertThat(registry.digestOf("group/app", "1.0-rc"))
                .contains(manifest.digest().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 405, 409, 413, 416, 418, 431, 501, 507})
    void doesNotTryAgainWhatCannotSucceed(int status) {
        registry.onRequest(r -> true, status(status).always());
        RegistryException failure = catchThrowableOfType(RegistryException.class, () -> client().pull(image));
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.isTemporary()).isFalse();
        assertThat(registry.requests().count("GET", ".*/manifests/.*")).isEqualTo(1);
        assertThat(network.notices()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "Retry-After, 30, 30",
        "Retry-After, ' 30 ', 30",
        "Retry-After, 120, 120",
        "Retry-After, 0, 0",
        "Retry-After, 'Mon, 20 May 2019 08:00:30 GMT', 30",
        "Retry-After, 'Mon, 20 May 2019 07:00:00 GMT', 0",
        "Retry-After, 1558339260, 60",
        "X-Retry-After, 30, 30",
        "X-Retry-After, 1558339230, 30",
        "X-Retry-After, 1558339100, 0",
        "X-RateLimit-Reset, 1558339260, 60",
        "X-RateLimit-Reset, 30, 30",
        // Invalid values do not delay the retry.
        "Retry-After, soon, 0",
        "Retry-After, -5, 0",
        "Retry-After, 1.5, 0",
        "Retry-After, 99999999999999999999999999, 0",
        "Retry-After, 'Mon, 99 May 2019 08:00:45 GMT', 0",
        "X-Retry-After, tomorrow, 0",
        "X-RateLimit-Reset, never, 0",
    })
    void waitsAsLongAsTheRegistryAsks(String header, String value, int seconds) throws Exception {
        registry.onRequest(r -> true, status(429).header(header, value));
        client().digestOf(image);
        Duration least = seconds == 0 ? Duration.ofMillis(300) : Duration.ofSeconds(seconds);
        assertThat(network.time().pauses())
                .singleElement()
                .satisfies(p -> assertThat(p).isBetween(least, least.plus(least.dividedBy(4))));
        assertThat(network.notices()).singleElement().asString().contains("too many requests");
    }

    @Test
    void prefersTheStandardHeader() throws Exception {
        registry.onRequest(r -> true, status(429).header("Retry-After", "5").header("X-Retry-After", "1558339260"));
        client().digestOf(image);
        assertThat(network.time().pauses())
                .singleElement()
                .satisfies(p -> assertThat(p).isBetween(Duration.ofSeconds(5), Duration.ofMillis(6_250)));
    }

    @Test
    void takesTheEndOfALimitForAnAnswerOnlyWhereTheLimitIsReached() throws Exception {
        registry.onRequest(r -> true, status(503).header("X-RateLimit-Reset", "1558339260"));
        client().digestOf(image);
        assertThat(network.time().pauses())
                .singleElement()
                .satisfies(p -> assertThat(p).isLessThan(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({"Retry-After, 121", "X-Retry-After, 1558342800", "Retry-After, 99999999999"})
    void doesNotWaitForTooLong(String header, String value) {
        registry.onRequest(r -> true, status(429).header(header, value).always());
        assertThatThrownBy(() -> client().pull(image))
                .isInstanceOf(RegistryException.class)
                .hasMessageMatching(".*too many requests, the next is allowed in \\d+ s");
        assertThat(registry.requests().count()).isEqualTo(1);
        assertThat(network.time().pauses()).isEmpty();
    }

    @Test
    void explainsARefusedConnection() {
        registry.close();
        assertThatThrownBy(() -> client().pull(image))
                .isInstanceOf(RegistryException.class)
                .hasMessage("Cannot read the manifest of " + image + " on " + registry.uri()
                        + ": the connection was refused; check the host, the port and the proxy");
        assertThat(network.notices()).hasSize(2);
    }

    @Test
    void explainsSilence() {
        registry.onRequest(r -> true, Fault.hang().always());
        assertThatThrownBy(() -> client().pull(image)).hasMessageContaining("no answer within ");
    }

    @Test
    void takesATruncatedBodyForNoManifest() {
        registry.onRequest(r -> true, Fault.truncateBody(100));
        assertThatThrownBy(() -> client().pull(image)).isInstanceOf(RegistryException.class);
    }

    @Test
    void passesOnARegistrysWarningsOnce() throws Exception {
        registry.onRequest(
                r -> true,
                Fault.replaceHeader("Warning", "299 - \"This \\\"registry\\\" closes\tsoon\"")
                        .always());
        RegistryClient client = client();
        client.pull(image);
        client.pull(image);
        assertThat(network.notices()).containsExactly(registry.uri() + " says: This \"registry\" closes soon");
    }
}
