package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogTextTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "999949, 999.9 kB",
        "999950, 1.0 MB",
        "104900000, 104.9 MB",
        "999950000, 1.0 GB",
        "9223372036854775807, 9223372.0 TB"
    })
    void writesSizesAsDockerDoes(long bytes, String text) {
        assertThat(LogText.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void namesTheFirstFew() {
        assertThat(LogText.names(List.of("a", "b"))).isEqualTo("a, b");
        assertThat(LogText.names(List.of(1, 2, 3, 4, 5, 6, 7))).isEqualTo("1, 2, 3, 4, 5 and 2 more");
    }
}
