package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private final AtomicLong clock = new AtomicLong(-1_000_000);
    private final RateLimit limit = new RateLimit(clock::get);

    private long taken(int attempts) {
        return IntStream.range(0, attempts).filter(i -> limit.tryTake()).count();
    }

    private void pass(long millis) {
        clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void allowsABurstAndNoMore() {
        assertThat(taken(10_000)).isEqualTo(RateLimit.BURST);
        assertThat(limit.tryTake()).isFalse();
    }

    @Test
    void givesBackSoManyEachSecondHoweverOftenItIsAsked() {
        taken(RateLimit.BURST);
        long taken = 0;
        for (int millis = 0; millis < 10_000; millis++) {
            pass(1);
            taken += taken(3);
        }
        assertThat(taken).isEqualTo(10L * RateLimit.PER_SECOND);
    }

    @Test
    void savesNoMoreThanABurstWhileNobodyComes() {
        pass(TimeUnit.DAYS.toMillis(400));
        assertThat(taken(10_000)).isEqualTo(RateLimit.BURST);
    }
}
