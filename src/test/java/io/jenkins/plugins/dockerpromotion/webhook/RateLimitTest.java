package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final int BURST = 500;
    private static final int PER_SECOND = 50;

    /** {@link System#nanoTime} has an arbitrary origin and can be negative. */
    private final AtomicLong nanos = new AtomicLong(-Duration.ofDays(1).toNanos());

    private final RateLimit limit = new RateLimit(BURST, PER_SECOND, nanos::get);

    private long taken(int attempts) {
        return IntStream.range(0, attempts).filter(i -> limit.tryTake()).count();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void allowsABurstAndNoMoreWhileTimeStandsStill() {
        assertThat(taken(BURST + 50)).isEqualTo(BURST);
        assertThat(limit.tryTake()).isFalse();
    }

    @Test
    void allowsAgainWhatComesBackEachSecond() {
        taken(BURST);
        pass(Duration.ofSeconds(2));
        assertThat(taken(1000)).isEqualTo(2L * PER_SECOND);
    }

    @Test
    void partsOfOneAddUpAlthoughThereAreAttemptsBetween() {
        taken(BURST);
        for (int i = 0; i < 3; i++) {
            pass(Duration.ofSeconds(1).dividedBy(PER_SECOND * 4L));
            assertThat(limit.tryTake()).isFalse();
        }
        pass(Duration.ofSeconds(1).dividedBy(PER_SECOND * 4L));
        assertThat(taken(2)).isEqualTo(1);
    }

    @Test
    void nothingIsSavedUpBeyondABurst() {
        pass(Duration.ofDays(365));
        assertThat(taken(BURST + 50)).isEqualTo(BURST);
    }
}
