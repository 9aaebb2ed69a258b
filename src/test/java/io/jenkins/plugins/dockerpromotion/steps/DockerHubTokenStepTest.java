package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class DockerHubTokenStepTest {

    private static final String TOKEN = "dckr_jwt+tok/en.0123456789~abcdef";

    private static JenkinsRule jenkins;
    private InMemoryDockerHub hub;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
    }

    @BeforeEach
    void openHub() {
        hub = Pipelines.dockerHub();
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    @Test
    void keepsItsParametersInItsFormAndSnippet() throws Exception {
        DockerHubTokenStep step = new DockerHubTokenStep("hub");

        jenkins.assertEqualDataBoundBeans(step, StepForm.roundTrip(jenkins, step));
        StepForm.assertSnippet(step, "dockerHubToken 'hub'");
    }

    @Test
    void offersCredentialsWithAPasswordAndAsksForSome() {
        DockerHubTokenStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(DockerHubTokenStep.DescriptorImpl.class);

        assertThat(form.doFillCredentialsIdItems(null, null))
                .extracting(o -> o.value)
                .contains("hub");
        assertThat(form.doCheckCredentialsId(null, "hub").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckCredentialsId(null, "").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckCredentialsId(null, "other").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void givesATokenThatIsInNoFormInTheLogOrTheBuildsFiles() throws Exception {
        hub.onRequest(
                RecordedRequest.matching("POST", "/v2/auth/token"),
                Fault.replaceBody("{\"access_token\":\"" + TOKEN + "\"}"));

        WorkflowRun run = Pipelines.succeed(jenkins, """
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
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
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
    void saysThatThePasswordIsWrong() throws Exception {
        hub.access().user("ci", "another password");

        WorkflowRun run = Pipelines.fail(jenkins, "dockerHubToken(credentialsId: 'hub')");

        jenkins.assertLogContains("Cannot get a token for 'ci' on", run);
        jenkins.assertLogContains("wrong username, password or access token", run);
        jenkins.assertLogNotContains(Pipelines.PASSWORD, run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
    }

    @Test
    void saysThatTwoFactorLoginNeedsAnAccessToken() throws Exception {
        hub.access().twoFactor("ci");

        WorkflowRun run = Pipelines.fail(jenkins, "dockerHubToken(credentialsId: 'hub')");

        jenkins.assertLogContains("two-factor authentication", run);
        jenkins.assertLogContains("create an access token", run);
    }

    @Test
    void saysThatThereAreNoSuchCredentials() throws Exception {
        WorkflowRun run = Pipelines.fail(jenkins, "dockerHubToken(credentialsId: 'other')");

        jenkins.assertLogContains("'other'", run);
        jenkins.assertLogNotContains("\tat io.jenkins", run);
        assertThat(hub.requests().count()).isZero();
    }
}
