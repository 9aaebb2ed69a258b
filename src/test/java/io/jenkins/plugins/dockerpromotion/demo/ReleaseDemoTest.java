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
    private final ByteArrayOutputStream report = new ByteArrayOutputStream();

    @Test
    void promotesTheImageOfTheBuild() throws Exception {
        try (ReleaseHub hub = ReleaseHub.start()) {
            Proof proof = new Proof(hub);
            int before = hub.tags();
            new JenkinsFreeRun(hub, new PrintStream(log, true, UTF_8)).run(JENKINSFILE);

            assertThat(proof.print(new PrintStream(report, true, UTF_8), log.toString(UTF_8)))
                    .isEmpty();
            assertThat(report.toString(UTF_8))
                    .contains("2017.2.1030, 2017.2.2103, 2017x2y103", "0 of them for a layer", "is gone again");
            assertThat(hub.tags()).isEqualTo(before + 1);
            assertThat(log.toString(UTF_8))
                    .contains("The log never shows the token: ****", "Released technolog/serviceone as " + hub.digest())
                    .containsPattern("-rw------- .* config.json");
        }
    }
}
