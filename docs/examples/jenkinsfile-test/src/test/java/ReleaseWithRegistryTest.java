import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.lesfurets.jenkins.unit.BasePipelineTest;
import io.jenkins.plugins.dockerpromotion.pipelineunit.DockerPromotionSteps;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the Jenkinsfile with the plugin's own client and an in-memory Docker Hub. */
class ReleaseWithRegistryTest extends BasePipelineTest {

    private static final String IMAGE = "technolog/serviceone";

    private final InMemoryDockerHub hub = InMemoryDockerHub.builder()
            .user("technolog", "a-password")
            .privateRepository(IMAGE)
            .start();
    private final DockerPromotionSteps steps = new DockerPromotionSteps();

    @BeforeEach
    @Override
    public void setUp() throws Exception {
        super.setUp();
        steps.dockerHub(hub).credentials("docker-hub", "technolog", "a-password").register(getHelper());
        getBinding().setVariable("params", Map.of("BUILD", "103"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void releasesTheImageOfTheBuildAndNoOther() {
        hub.registry().push(IMAGE, "2017.2.1030", TestImage.docker(1));
        String digest = hub.registry().push(IMAGE, "2017.2.103", TestImage.docker(2));

        runScript("Jenkinsfile");

        assertThat(hub.registry().digestOf(IMAGE, "latest")).contains(digest);
        assertThat(hub.registry().digestOf(IMAGE, "2017.2.103-rc")).contains(digest);
        assertThat(hub.fullDescription(IMAGE)).contains("`latest` is **2017.2.103**");
    }

    @Test
    void changesNothingWithoutAnImageOfTheBuild() {
        String digest = hub.registry().push(IMAGE, "latest", TestImage.docker(1));

        assertThatThrownBy(() -> runScript("Jenkinsfile"))
                .hasMessageContaining("Cannot find the tag of build 103 of " + IMAGE);

        assertThat(hub.registry().tags(IMAGE)).containsExactly("latest");
        assertThat(hub.registry().digestOf(IMAGE, "latest")).contains(digest);
    }
}
