package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class LeftOutTest {

    @Test
    void saysWhatIsLeftOutOnce() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed));
        try {
            LeftOut.unless(true, LeftOutTest.class, "nothing is missing");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> LeftOut.unless(false, Nested.class, "something is not installed"))
                        .isInstanceOf(TestAbortedException.class);
            }
        } finally {
            System.setOut(console);
        }
        assertThat(printed).hasToString("left out: Nested: something is not installed" + System.lineSeparator());
    }

    private static final class Nested {}
}
