package io.jenkins.plugins.dockerpromotion.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReleaseDemoTest {

    private static final Path JENKINSFILE = Path.of("docs/examples/release/Jenkinsfile");

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @Test
    void promotesTheImageOfTheBuild() throws Exception {
        try (ReleaseHub hub = ReleaseHub.start()) {
            int before = hub.tags();
            new JenkinsFreeRun(hub, new PrintStream(log, true, UTF_8)).run(JENKINSFILE);

            assertThat(hub.faults()).isEmpty();
            assertThat(hub.tags()).isEqualTo(before + 1);
            assertThat(log.toString(UTF_8))
                    .contains("The log never shows the token: ****", "Released technolog/serviceone as " + hub.digest())
                    .containsPattern("-rw------- .* config.json");
        }
    }
}
