package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    @Test
    void givesATokenThatIsInNoFormInTheLogOrTheBuildsFiles() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("POST", "/v2/auth/token"),
                Fault.replaceBody("{\"access_token\":\"" + TOKEN + "\"}"));

        WorkflowRun run = succeed("""
                def token = dockerHubToken(credentialsId: 'hub')
                echo "length ${token.length()}"
                echo "plain <$token>"
                echo "json <{\\"token\\":\\"${token.replace('/', '\\\\/')}\\"}>"
                withEnv(["TOKEN=$token"]) {
                    sh '''
                        echo "shell <$TOKEN>"
                        printf %s "$TOKEN" | base64 -w0
                        printf 'Bearer %s' "$TOKEN" | base64 -w0
                        printf 'a%s' "$TOKEN" | base64 -w0
                        printf %s "$TOKEN" | sed 's/+/%2B/g; s,/,%2F,g'
                    '''
                }
                try {
                    error "cannot use $token"
                } catch (e) {
                    echo "exception <${e.message}>"
                }
                token = null
                """);

        jenkins.assertLogContains("length " + TOKEN.length(), run);
        jenkins.assertLogContains("plain <****>", run);
        jenkins.assertLogContains("shell <****>", run);
        for (String form : forms(TOKEN)) {
            assertThat(jenkins.getLog(run)).doesNotContain(form);
            assertThat(Pipelines.filesHolding(run, form)).as(form).isEmpty();
        }
    }

    private static String[] forms(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return new String[] {
            secret,
            Base64.getEncoder().encodeToString(bytes),
            // Inside a longer text the characters in the middle stay the same for each of three positions.
            middle("Bearer " + secret),
            middle("a" + secret),
            URLEncoder.encode(secret, StandardCharsets.UTF_8),
            secret.replace("/", "\\/")
        };
    }

    private static String middle(String text) {
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return encoded.substring(12, encoded.length() - 4);
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

    @Test
    void endsWhenTheBuildIsAborted() throws Exception {
        hub.onRequest(RecordedRequest.matching("PATCH", ".*"), Fault.hang());
        WorkflowRun run = begin(describe(", description: 'x'"));
        hub.requests().await(RecordedRequest.matching("PATCH", ".*"));

        abort(run);

        assertThat(hub.requests().count("PATCH", ".*")).isEqualTo(1);
    }
}
