import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import io.jenkins.plugins.dockerpromotion.pipelineunit.DockerPromotionSteps;
import io.jenkins.plugins.dockerpromotion.pipelineunit.StepCall;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests only the Jenkinsfile, with answers from the test instead of a registry. */
class ReleaseWithAnswersTest extends BasePipelineTest {

    private final DockerPromotionSteps steps = new DockerPromotionSteps();

    @BeforeEach
    @Override
    public void setUp() throws Exception {
        super.setUp();
        steps.answer("findTagForBuild", arguments -> "2017.2." + arguments.get("build"))
                .answer("promoteImage", arguments -> promoted(true))
                .answer("dockerHubDescription", arguments -> true)
                .register(getHelper());
        getBinding().setVariable("params", Map.of("BUILD", "103"));
    }

    private static Map<String, Object> promoted(boolean changed) {
        return Map.of("targets", List.of(Map.of("tag", "latest", "changed", changed)));
    }

    @Test
    void promotesWhatItFoundAndSaysSo() {
        runScript("Jenkinsfile");

        assertThat(steps.calls())
                .extracting(StepCall::step)
                .containsExactly("dockerHubPush", "findTagForBuild", "promoteImage", "dockerHubDescription");
        assertThat(steps.calls("promoteImage"))
                .containsExactly(Map.of(
                        "image", "technolog/serviceone",
                        "tag", "2017.2.103",
                        "to", List.of("{tag}-rc", "latest"),
                        "credentialsId", "docker-hub"));
    }

    @Test
    void saysNothingTheSecondTime() {
        steps.answer("promoteImage", arguments -> promoted(false));

        runScript("Jenkinsfile");

        assertThat(steps.calls("dockerHubDescription")).isEmpty();
    }

    @Test
    void endsWhenThePromotionFails() {
        steps.answer("promoteImage", arguments -> {
            throw new IOException("the registry is down");
        });

        assertThatThrownBy(() -> runScript("Jenkinsfile")).hasMessageContaining("the registry is down");

        assertThat(steps.calls("dockerHubDescription")).isEmpty();
    }

    @Test
    void isStartedByVersionsAlone() {
        runScript("Jenkinsfile");

        assertThat(steps.startsOnPushOf("technolog/serviceone", "2017.2.104")).isTrue();
        assertThat(steps.startsOnPushOf("technolog/serviceone", "latest")).isFalse();
    }
}
