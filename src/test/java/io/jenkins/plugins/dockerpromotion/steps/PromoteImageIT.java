package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.Skopeo;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Runs the release job against the CNCF registry (distribution), and checks the result with skopeo. */
@WithController
class PromoteImageIT {

    private static final String USER = DockerRegistryProcess.USER;
    private static final String PASSWORD = DockerRegistryProcess.PASSWORD;
    private static final TestImage IMAGE =
            TestImage.ociIndex(TestImage.oci(1), TestImage.oci(2).withPlatform("linux", "arm64"));
    private static final TestImage OTHER = TestImage.oci(3);

    private static JenkinsRule jenkins;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        DockerRegistryProcess.assumeAvailable(PromoteImageIT.class);
        Skopeo.assumeAvailable(PromoteImageIT.class);
        jenkins = rule;
        Pipelines.prepare(rule);
        Setup.addLogin("registry", USER, PASSWORD);
    }

    @Test
    void promotesTheImageOfABuildOnARegistryWithPasswords() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().htpasswd().start()) {
            TestHttp http = TestHttp.to(registry.uri()).basic(USER, PASSWORD);
            http.push("group/app", "2017.10.103", IMAGE);
            for (String decoy : List.of("2017.9.103", "2017.2.1030", "2017.2.2103", "2017x2y103", "latest")) {
                http.push("group/app", decoy, OTHER);
            }

            WorkflowRun run = Pipelines.succeed(jenkins, """
                    def image = '%1$s/group/app'
                    def stable = '%1$s/stable/app'
                    def tag = findTagForBuild(image: image, build: 103, credentialsId: 'registry')
                    def release = promoteImage(image: image, tag: tag, to: ['{tag}-rc', 'latest'], credentialsId: 'registry')
                    promoteImage(image: image, tag: tag, to: ['{tag}'], toImage: stable, credentialsId: 'registry',
                                 expectedDigest: release.digest)
                    """.formatted(registry.host()));

            Skopeo skopeo = Skopeo.ANONYMOUS.basic(USER, PASSWORD);
            for (String promoted : List.of("group/app:2017.10.103-rc", "group/app:latest", "stable/app:2017.10.103")) {
                assertThat(skopeo.digest(registry.host() + "/" + promoted))
                        .as(promoted)
                        .isEqualTo(IMAGE.digest());
            }
            assertThat(skopeo.digest(registry.host() + "/group/app:2017.9.103")).isEqualTo(OTHER.digest());
            assertThat(Pipelines.filesHolding(run, PASSWORD)).isEmpty();
        }
    }
}
