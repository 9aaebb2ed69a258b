package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.model.User;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class HistoryRestartTest {

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    @Test
    void promotionsOutliveARestartAlsoThoseOfOlderAndNewerVersions() throws Throwable {
        session.then(jenkins -> {
            FreeStyleProject project = jenkins.createFreeStyleProject("release");
            User.getById("ada", true).setFullName("Ada");
            FreeStyleBuild build =
                    jenkins.assertBuildStatusSuccess(project.scheduleBuild2(0, new Cause.UserIdCause("ada")));
            Samples.record(build, Samples.receipt("1.0", created("1.0-rc"), moved("latest", "0.9")));
            BuildPromotions.add(build, Samples.failed("1.1", "1.0", true));
            assertThat(Files.readString(build.getRootDir().toPath().resolve("build.xml")))
                    .contains("<docker-promotions>", "<docker-promotion>", "<docker-promotion-target>")
                    .doesNotContain("io.jenkins.plugins.dockerpromotion");
            storeBuild(jenkins.buildAndAssertSuccess(project));
        });
        session.then(jenkins -> {
            FreeStyleProject project = jenkins.jenkins.getItemByFullName("release", FreeStyleProject.class);
            List<Promotion> promotions = promotions(project.getBuildByNumber(1));
            assertThat(promotions).extracting(Promotion::getOutcome).containsExactly(Outcome.PROMOTED, Outcome.FAILED);
            Promotion first = promotions.get(0);
            assertThat(first.getSource()).isEqualTo("technolog/serviceone:1.0");
            assertThat(first.getDigest()).isEqualTo(Samples.digest("1.0"));
            assertThat(first.getStartedBy().getUserId()).isEqualTo("ada");
            assertThat(first.getStartedBy().getText()).isEqualTo("Ada");
            assertThat(first.getTargets()).extracting(PromotedTag::getTag).containsExactly("1.0-rc", "latest");
            assertThat(first.getTargets().get(1).getPreviousDigest()).isEqualTo(Samples.digest("0.9"));
            assertThat(promotions.get(1).getFailure()).isEqualTo(Samples.REASON);

            Run<?, ?> stored = project.getBuildByNumber(2);
            assertThat(promotions(stored)).singleElement().satisfies(promotion -> {
                assertThat(promotion.getVersion()).isEqualTo("2017.2.103");
                assertThat(promotion.getOutcome()).isEqualTo(Outcome.PROMOTED);
                assertThat(promotion.getStartedBy().getText()).isEmpty();
                assertThat(promotion.getTargets())
                        .extracting(PromotedTag::getTag, PromotedTag::getPreviousDigest)
                        .containsExactly(tuple("latest", ""));
            });
            assertThat(jenkins.createWebClient().getPage(stored).getElementById("docker-promotions"))
                    .isNotNull();
            assertThat(JobIndex.of(project).entries()).hasSize(3);
            assertThat(jenkins.createWebClient()
                            .goTo("job/release/docker-promotions/")
                            .asNormalizedText())
                    .contains("2017.2.103", "uncertain");
        });
    }

    private static List<Promotion> promotions(Run<?, ?> run) {
        return run.getAction(BuildPromotions.class).getPromotions();
    }

    /** As another version of the plugin left it, with fields that are unknown and others that are not there yet. */
    private static void storeBuild(Run<?, ?> run) throws IOException {
        Path xml = run.getRootDir().toPath().resolve("build.xml");
        try (InputStream stored = HistoryRestartTest.class.getResourceAsStream("stored-build.xml")) {
            Files.copy(stored, xml, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
