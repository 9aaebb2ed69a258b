package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Instant;
import java.util.function.Predicate;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests {@code deleteImageTag} and {@code pruneImageTags} on an agent. */
class RetentionStepsTest extends StepTest {

    private static final String VERSIONS = ", pattern: '{year}.{week}.{build}'";

    private static TestImage version(int build) {
        return TestImage.oci(build).withCreated(Instant.parse("2019-05-20T08:00:00Z"));
    }

    @BeforeEach
    void push() {
        for (int build = 1; build <= 4; build++) {
            registry.push("group/app", "2019.20." + build, version(build));
        }
    }

    private String prune(String more) {
        return "pruneImageTags(" + image("app") + more + ")";
    }

    @Test
    void deletesATagAndReturnsItsDigest() throws Exception {
        succeed(
                "echo \"was <${deleteImageTag(" + image("app") + ", tag: '2019.20.1')}>\"",
                "was <" + version(1).digest() + ">");

        assertThat(registry.tags("group/app")).hasSize(3);
    }

    @Test
    void plansUnlessToldOtherwiseAndReturnsWhatASandboxedPipelineCanUse() throws Exception {
        String use = """

                echo "dry ${p.dryRun} freed ${p.freedAtMost > 0} kept ${p.kept*.tag}"
                for (t in p.deleted) {
                    echo "${t.tag} went: ${t.reason} ${t.digest.startsWith('sha256:')}"
                }
                if (p.refused) { error 'refused' }
                """;
        succeed(
                "def p = " + prune(VERSIONS + ", keep: 2") + use,
                "dry true freed true kept [2019.20.4, 2019.20.3]",
                "Would delete 2 tags and keep 2; that frees up to");
        assertThat(registry.tags("group/app")).hasSize(4);

        succeed(
                "def p = " + prune(VERSIONS + ", keep: 2, dryRun: false") + use,
                "2019.20.1 went: not one of the newest 2 true");
        assertThat(registry.tags("group/app")).containsExactly("2019.20.3", "2019.20.4");
    }

    @Test
    void saysWhatWasDeletedWhenAborted() throws Exception {
        Predicate<RecordedRequest> second =
                r -> r.method().equals("DELETE") && r.path().endsWith("/2019.20.2");
        registry.onRequest(second, Fault.hang().always());
        WorkflowRun run = begin(prune(VERSIONS + ", keep: 1, dryRun: false"));
        registry.requests().await(second);
        jenkins.waitForMessage("2019.20.2", run);

        abort(run);

        jenkins.assertLogContains("was aborted; deleted before: 2019.20.1", run);
        assertThat(registry.tags("group/app"))
                .contains("2019.20.2", "2019.20.4")
                .doesNotContain("2019.20.1");
    }
}
