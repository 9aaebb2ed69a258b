package io.jenkins.plugins.dockerpromotion.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Label;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.steps.GateStep;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class BuildSecretsTest {

    private static final String TOKEN = "dckr_pat_\"4f\\z9-QQ/kk=Zz+0";
    private static final String MASK =
            "io.jenkins.plugins.dockerpromotion.credentials.BuildSecrets.mask(currentBuild.rawBuild, token())\n";
    /** Made at run time, so that the script in build.xml is not taken for a leak. */
    private static final String TOKEN_FUNCTION =
            "@NonCPS def token() { 'dckr_pat' + '_\"4f' + '\\\\z9-QQ' + '/kk=Zz' + '+0' }\n";

    @RegisterExtension
    private final JenkinsSessionExtension session = new JenkinsSessionExtension();

    @Test
    void aTokenIsMaskedInEveryFormForTheRestOfTheBuild() throws Throwable {
        session.then(r -> {
            r.createOnlineSlave(Label.get("agent"));
            WorkflowRun run = build(r, """
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
        });
    }

    @Test
    void anExceptionOfAnyKindIsMaskedWhereTheBuildPrintsIt() throws Throwable {
        session.then(r -> {
            WorkflowRun run = build(
                    r,
                    MASK + "throw new IllegalStateException('first', new RuntimeException(\"because of ${token()}\"))");
            r.assertBuildStatus(Result.FAILURE, r.waitForCompletion(run));
            r.assertLogContains("because of ****", run);
            r.assertLogNotContains("dckr_pat", run);
        });
    }

    @Test
    void itIsStillMaskedAfterARestartAndForgottenInTheEnd() throws Throwable {
        session.then(r -> {
            WorkflowRun run = build(r, "gate 'first'\n" + MASK + "gate 'second'\necho \"plain ${token()}\"");
            GateStep.waitFor("first");
            GateStep.open("first");
            GateStep.waitFor("second");
            assertThat(Files.readString(run.getRootDir().toPath().resolve("build.xml")))
                    .contains("credentials.BuildSecrets>");
            assertNowhereIn(run.getRootDir().toPath(), TOKEN);
        });
        session.then(r -> {
            WorkflowRun run =
                    r.jenkins.getItemByFullName("job", WorkflowJob.class).getLastBuild();
            GateStep.waitFor("second");
            GateStep.open("second");
            r.assertBuildStatusSuccess(r.waitForCompletion(run));
            r.assertLogContains("plain ****", run);
            r.waitUntilNoActivity();
            assertThat(run.getAction(BuildSecrets.class)).isNull();
            assertThat(Files.readString(run.getRootDir().toPath().resolve("build.xml")))
                    .doesNotContain("credentials.BuildSecrets>");
        });
    }

    @Test
    void anotherBuildIsNotConcerned() throws Throwable {
        session.then(r -> {
            WorkflowRun first = build(r, MASK + "gate 'held'");
            GateStep.waitFor("held");
            WorkflowJob other = r.createProject(WorkflowJob.class, "other");
            other.setDefinition(new CpsFlowDefinition("echo 'it says " + "dckr_pat'", true));
            r.assertLogContains("it says dckr_pat", r.buildAndAssertSuccess(other));
            GateStep.open("held");
            r.assertBuildStatusSuccess(r.waitForCompletion(first));
        });
    }

    private static WorkflowRun build(JenkinsRule r, String script) throws Exception {
        WorkflowJob job = r.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(TOKEN_FUNCTION + script, false));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static void assertNowhereIn(Path directory, String secret) throws IOException {
        assertThat(SecretSearch.filesHolding(directory, secret)).isEmpty();
    }
}
