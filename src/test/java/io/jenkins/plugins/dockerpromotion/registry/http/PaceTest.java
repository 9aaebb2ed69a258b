package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Pace pace = new Pace(Duration.ofSeconds(60));

    @Test
    void isKeptByALineAsSlowAsItMayBe() {
        for (int second = 0; second < 600; second++) {
            assertThat(pace.keptBy(Pace.SLOWEST, SECOND)).isTrue();
        }
    }

    @Test
    void isNotKeptByAByteNowAndThen() {
        for (int second = 1; second < 60; second++) {
            assertThat(pace.keptBy(1, SECOND)).isTrue();
        }
        assertThat(pace.keptBy(1, SECOND)).isFalse();
    }

    @Test
    void doesNotLiveOnWhatCameLongAgo() {
        assertThat(pace.keptBy(1 << 30, 60 * SECOND)).isTrue();
        assertThat(pace.keptBy(1, 60 * SECOND)).isFalse();
    }

    @Test
    void doesNotCountWhatWasNotWaitedFor() {
        for (int i = 0; i < 1_000_000; i++) {
            assertThat(pace.keptBy(1, 100)).isTrue();
        }
    }
}
