package io.jenkins.plugins.dockerpromotion.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.AbortException;
import hudson.model.Label;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.steps.GateStep;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class BuildSecretsTest {

    private static final String SECRET = "pä/s+s w\"o'r&d=~*(1)<\\$";

    private static final String TOKEN = "dckr_pat_\"4f\\z9-QQ/kk=Zz+0";
    private static final String MASK =
            "io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets.mask(currentBuild.rawBuild, token())\n";
    /**
     * Builds the token at run time. A literal would also be in the script in build.xml, which would look like a leak.
     */
    private static final String TOKEN_FUNCTION =
            "@NonCPS def token() { 'dckr_pat' + '_\"4f' + '\\\\z9-QQ' + '/kk=Zz' + '+0' }\n";

    private static JenkinsRule r;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        r = rule;
        rule.createOnlineSlave(Label.get("agent"));
    }

    @Test
    void aTokenIsMaskedInEveryFormForTheRestOfTheBuild() throws Throwable {
        WorkflowRun run = build("""
                echo 'before'
                %s
                echo "plain ${token()}"
                echo "url ${URLEncoder.encode(token(), 'UTF-8')}"
                echo "json ${groovy.json.JsonOutput.toJson([t: token()])}"
                echo "base64 ${token().bytes.encodeBase64()} and ${('x:' + token() + '!').bytes.encodeBase64()}"
                node('agent') {
                    withEnv(["TOKEN=${token()}"]) {
                        sh 'set +x; echo "agent $TOKEN"; echo "$TOKEN" | base64; false "$TOKEN" || true'
                    }
                }
                error "failed with ${token()}"
                """.formatted(MASK));
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("plain ****", run);
        r.assertLogContains("url ****", run);
        r.assertLogContains("json {\"t\":\"****\"}", run);
        r.assertLogContains("agent ****", run);
        r.assertLogContains("ERROR: failed with ****", run);
        assertThat(JenkinsRule.getLog(run))
                .doesNotContain("dckr_pat", "z9-QQ", "ZGNrcl9wYXRf", "Y2tyX3BhdF8", "kY2tyX3BhdF8i");
    }

    @Test
    void anExceptionOfAnyKindIsMaskedWhereTheBuildPrintsIt() throws Throwable {
        WorkflowRun run = build(
                MASK + "throw new IllegalStateException('first', new RuntimeException(\"because of ${token()}\"))");
        r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
        r.assertLogContains("because of ****", run);
        r.assertLogNotContains("dckr_pat", run);
    }

    @Test
    void anotherBuildIsNotConcerned() throws Throwable {
        WorkflowRun first = build(MASK + "gate 'held'");
        GateStep.waitFor("held");
        WorkflowJob other = r.createProject(WorkflowJob.class);
        other.setDefinition(new CpsFlowDefinition("echo 'it says " + "dckr_pat'", true));
        r.assertLogContains("it says dckr_pat", r.buildAndAssertSuccess(other));
        GateStep.open("held");
        r.assertBuildStatusSuccess(r.waitForCompletion(first));
    }

    private static WorkflowRun build(String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(TOKEN_FUNCTION + script, false));
        return job.scheduleBuild2(0).waitForStart();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SECRET,
                "p%C3%A4%2Fs%2Bs+w%22o%27r%26d%3D%7E*%281%29%3C%5C%24",
                "p%C3%A4%2Fs%2Bs%20w%22o%27r%26d%3D~%2A%281%29%3C%5C%24",
                "pä/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "pä\\/s+s w\\\"o'r&d=~*(1)<\\\\$",
                "pä/s+s w\"o'r&amp;d=~*(1)&lt;\\$",
            })
    void knowsHowUrlsJsonAndXmlWriteASecret(String form) {
        assertThat(BuildSecrets.patternOf(Stream.of(SECRET))
                        .matcher("<" + form + ">")
                        .replaceAll("****"))
                .isEqualTo("<****>");
    }

    @ParameterizedTest
    @CsvSource({"'', ''", "a, b", "user:, ''", "'{\"t\":\"', '\"}'"})
    void knowsItInAnyBase64Text(String before, String after) {
        String text = Base64.getEncoder().encodeToString((before + SECRET + after).getBytes(StandardCharsets.UTF_8));
        assertThat(BuildSecrets.patternOf(Stream.of(SECRET)).matcher(text).replaceAll("****"))
                .contains("****")
                .hasSizeLessThan((before + after).length() * 2 + 14);
    }

    @Test
    void masksFailuresWithTheirCausesAndLeavesOthersAsTheyAre() {
        Pattern pattern = BuildSecrets.patternOf(Stream.of("s3cr$t", "s3cr$t-longer"));
        IOException cause = new IOException("401 for s3cr$t");
        IllegalStateException failure = new IllegalStateException("no token", cause);
        failure.addSuppressed(new IOException("s3cr$t-longer too"));
        Throwable masked = StoredSecrets.masked(failure, pattern);
        assertThat(masked).hasToString("java.lang.IllegalStateException: no token");
        assertThat(masked.getStackTrace()).isEqualTo(failure.getStackTrace());
        assertThat(masked.getCause().toString()).contains("401 for ****").doesNotContain("s3cr");
        assertThat(masked.getSuppressed()[0].toString()).contains("**** too").doesNotContain("longer");

        assertThat(StoredSecrets.masked(new AbortException("bad s3cr$t"), pattern))
                .isInstanceOf(AbortException.class)
                .hasMessage("bad ****");
        Throwable harmless = new IllegalStateException("no token", new IOException("401"));
        assertThat(StoredSecrets.masked(harmless, pattern)).isSameAs(harmless);
        IOException first = new IOException("s3cr$t");
        first.initCause(new IOException("second", first));
        assertThat(StoredSecrets.masked(first, pattern).toString()).doesNotContain("s3cr");
    }
}
