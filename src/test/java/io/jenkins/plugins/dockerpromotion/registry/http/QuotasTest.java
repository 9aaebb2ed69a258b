package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotasTest {

    private static final Instant NOW = Instant.parse("2019-05-20T08:00:00Z");
    private static final URI REGISTRY = URI.create("https://registry.example.com/v2/");

    private final Quotas quotas = new Quotas();

    private void note(URI from, String prefix, String limit, String remaining, String reset) {
        Map<String, List<String>> headers = Map.of(
                prefix + "limit",
                List.of(limit),
                prefix + "remaining",
                List.of(remaining),
                prefix + "reset",
                List.of(reset));
        quotas.note(
                RegistryRequest.getJson("try", REGISTRY),
                Answers.answer(REGISTRY.toString(), from.toString(), 200, headers, new byte[0]),
                NOW);
    }

    private void pulls(String limit, String remaining) {
        note(REGISTRY, "ratelimit-", limit, remaining, "");
    }

    @Test
    void saysNothingUnlessLessThanAQuarterIsLeft() {
        assertThat(quotas.shortage()).isEmpty();
        pulls("100;w=21600", "25;w=21600");
        assertThat(quotas.shortage()).isEmpty();
        pulls("100;w=21600", "24;w=21600");
        assertThat(quotas.shortage()).contains("Warning: only 24 of 100 pulls in 6 h are left on registry.example.com");
    }

    @Test
    void saysWhatWasLeftLast() {
        pulls("100;w=90", "3;w=90");
        pulls("100;w=90", "2;w=90");
        assertThat(quotas.shortage()).contains("Warning: only 2 of 100 pulls in 90 s are left on registry.example.com");
        pulls("100;w=90", "100;w=90");
        assertThat(quotas.shortage()).isEmpty();
    }

    @Test
    void saysInOneLineWhatSeveralLimitsLeave() {
        note(REGISTRY, "X-RateLimit-", "180", "0", "1558339260");
        pulls("100;w=21600", "1;w=21600");
        assertThat(quotas.shortage().orElseThrow())
                .isEqualTo("Warning: only 0 of 180 requests are left on registry.example.com, until"
                        + " 2019-05-20T08:01:00Z; only 1 of 100 pulls in 6 h are left on registry.example.com");
    }

    @ParameterizedTest
    @CsvSource({"1558339200", "60", "soon", "''", "-1", "99999999999999999999"})
    void leavesOutATimeThatIsNone(String reset) {
        note(REGISTRY, "X-RateLimit-", "180", "1", reset);
        assertThat(quotas.shortage()).contains("Warning: only 1 of 180 requests are left on registry.example.com");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 1",
        "100, ''",
        "100, few",
        "100, -1",
        "100, 1.5",
        "99999999999999999999, 1",
        "100;w=99999999999999999999, 1",
        "'100, 200;w=60', 1",
        "0, 0",
        "100;w=, 1",
    })
    void ignoresWhatItDoesNotUnderstand(String limit, String remaining) {
        pulls(limit, remaining);
        note(REGISTRY, "X-RateLimit-", limit, remaining, "1558339260");
        assertThat(quotas.shortage()).isEmpty();
    }

    @Test
    void leavesTheLimitsOfAnotherHostBehindARedirectOut() {
        note(URI.create("https://storage.example.com/"), "ratelimit-", "100", "1", "");
        assertThat(quotas.shortage()).isEmpty();
    }

    @Test
    void knowsUntilWhenAServerTakesNoMore() {
        note(REGISTRY, "X-RateLimit-", "180", "1", "1558339260");
        assertThat(quotas.exhaustedUntil("registry.example.com")).isEmpty();
        note(REGISTRY, "X-RateLimit-", "180", "0", "1558339260");
        assertThat(quotas.exhaustedUntil("registry.example.com")).contains(NOW.plusSeconds(60));
        assertThat(quotas.exhaustedUntil("other.example.com")).isEmpty();
        pulls("100;w=21600", "0;w=21600");
        assertThat(quotas.exhaustedUntil("registry.example.com")).contains(NOW.plusSeconds(60));
    }
}
