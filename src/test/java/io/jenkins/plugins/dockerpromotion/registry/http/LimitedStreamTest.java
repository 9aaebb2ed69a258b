package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LimitedStreamTest {

    private static LimitedStream of(int size, long limit) {
        return new LimitedStream(new ByteArrayInputStream(new byte[size]), limit, () -> new IOException("too long"));
    }

    @Test
    void takesWhatFits() throws IOException {
        assertThat(of(10, 10).readAllBytes()).hasSize(10);
        assertThat(of(0, 0).read()).isEqualTo(-1);
    }

    @Test
    void failsBeyondTheLimit() {
        assertThatIOException().isThrownBy(() -> of(11, 10).readAllBytes()).withMessage("too long");
        assertThatIOException().isThrownBy(() -> of(1, 0).read()).withMessage("too long");
        assertThatIOException().isThrownBy(() -> of(11, 10).skip(11)).withMessage("too long");
    }
}
