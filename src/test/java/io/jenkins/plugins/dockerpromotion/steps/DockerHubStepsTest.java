package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** {@code dockerHubToken} and {@code dockerHubDescription}. */
class DockerHubStepsTest extends StepTest {

    private static final String TOKEN = "dckr_jwt+tok/en.0123456789~abcdef";
    private static final String IMAGE = "technolog/serviceone";

    @BeforeEach
    void writePage() {
        hub.registry().push(IMAGE, "2017.2.103", TestImage.docker(1));
        hub.writePage(IMAGE, "Serves one", "# Service one");
    }

    private static String describe(String more) {
        return "dockerHubDescription(image: '" + IMAGE + "', credentialsId: 'hub'" + more + ")";
    }

    /** {@code BuildSecretsTest} covers the other encodings of a secret. */
    @Test
    void givesATokenThatIsNeitherInTheLogNorInTheBuildsFiles() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("POST", "/v2/auth/token"),
                Fault.replaceBody("{\"access_token\":\"" + TOKEN + "\"}"));

        WorkflowRun run = succeed(
                """
                def token = dockerHubToken(credentialsId: 'hub')
                echo "length ${token.length()}, plain <$token>"
                withEnv(["TOKEN=$token"]) { sh 'echo "shell <$TOKEN>"; printf %s "$TOKEN" | base64 -w0' }
                try { error "cannot use $token" } catch (e) { echo "exception <${e.message}>" }
                token = null
                """, "length " + TOKEN.length() + ", plain <****>", "shell <****>", "exception <cannot use ****>");

        String base64 = Base64.getEncoder().encodeToString(TOKEN.getBytes(StandardCharsets.UTF_8));
        assertThat(JenkinsRule.getLog(run)).doesNotContain(TOKEN, base64);
        assertThat(Pipelines.filesHolding(run, TOKEN)).isEmpty();
        assertThat(Pipelines.filesHolding(run, base64)).isEmpty();
    }

    @Test
    void writesDescriptionAndSectionOnceAndSaysWhetherSomethingChanged() throws Exception {
        String step = describe(", description: 'Serves 103', fullDescription: '2017.2.103 is in production'");

        succeed(
                "echo \"changed ${" + step + "}, ${" + step + "}\"",
                "changed true, false",
                "Changing the description and the section 'jenkins' on the page of " + IMAGE + " on Docker Hub",
                "The page of " + IMAGE + " is already up to date");

        assertThat(hub.description(IMAGE)).isEqualTo("Serves 103");
        assertThat(hub.fullDescription(IMAGE))
                .isEqualTo(
                        "# Service one\n\n<!-- jenkins begin -->\n2017.2.103 is in production\n<!-- jenkins end -->");
        assertThat(hub.requests().count("PATCH", ".*")).isEqualTo(1);
        assertThat(hub.requests().count()).isEqualTo(3 + 2);
    }

    @Test
    void replacesTheWholePageOnlyIfToldTo() throws Exception {
        succeed(describe(", fullDescription: '# New', wholePage: true"));

        assertThat(hub.fullDescription(IMAGE)).isEqualTo("# New");
    }

    @Test
    void saysInOneLineWhatIsWrong() throws Exception {
        hub.access().allow("ci", "technolog/*", "pull");

        fail(
                describe(", description: 'x'"),
                "ERROR: Cannot change the page of " + IMAGE + " on ",
                "it answered 403",
                "'ci'");
    }
}
