package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Cause;
import hudson.model.EnvironmentContributor;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.JobProperty;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.StringReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.pipeline.modeldefinition.generator.TriggersDirective;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty;
import org.jenkinsci.plugins.workflow.multibranch.JobPropertyStep;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockFolder;
import org.jvnet.hudson.test.TestExtension;

class DockerHubPushTriggerTest extends WebhookTestBase {

    private static DockerHubPushTrigger trigger() {
        DockerHubPushTrigger trigger = new DockerHubPushTrigger();
        trigger.setImage("a/app");
        trigger.setTag("v*");
        trigger.setCallback(true);
        return trigger;
    }

    private static DockerHubPushTrigger onlyTriggerOf(WorkflowJob job) {
        return (DockerHubPushTrigger) job.getTriggersJobProperty().getTriggers().get(0);
    }

    @Test
    void bothKindsOfPipelinesRegisterItWithAllItsParameters() throws Exception {
        String parameters = "images: ['a/other', 'a/app'], tag: 'v*', ignorePushers: ['robot'], callback: true";
        DockerHubPushTrigger expected = new DockerHubPushTrigger();
        expected.setImages(List.of("a/other", "a/app"));
        expected.setTag("v*");
        expected.setIgnorePushers(List.of("robot"));
        expected.setCallback(true);
        WorkflowJob declarative = jenkins.createProject(WorkflowJob.class, "declared");
        declarative.setDefinition(new CpsFlowDefinition("""
                pipeline {
                    agent none
                    triggers { dockerHubPush(%s) }
                    stages { stage('x') { steps { echo 'ran' } } }
                }
                """.formatted(parameters), true));
        jenkins.buildAndAssertSuccess(declarative);
        WorkflowJob scripted = webhook.job("scripted", "dockerHubPush(" + parameters + ")", "echo 'ran'");

        webhook.push(token, "a/app", "v1");

        for (WorkflowJob job : List.of(declarative, scripted)) {
            jenkins.assertEqualDataBoundBeans(expected, onlyTriggerOf(job));
            jenkins.assertLogContains("ran", secondBuild(job));
            assertThat(job.getBuildByNumber(2).getCauses())
                    .extracting(Cause::getShortDescription)
                    .singleElement()
                    .asString()
                    .startsWith("Push of a/app:v1 by somebody");
        }
        webhook.push(token, "a/other", "1");
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("declared waits for other tags; scripted waits for other tags");
        webhook.post(token, Webhook.payload("a/app", "v2", "robot", "1"));
        Webhook.awaitIdle();
        assertThat(last().getReason()).isEqualTo("declared ignores this pusher; scripted ignores this pusher");
        assertThat(last().getOutcome()).isEqualTo(Delivery.Outcome.NOTHING);
        declarative.delete();
        scripted.delete();
    }

    @Test
    void generatorsWriteWhatPipelinesRead() throws Exception {
        JobProperty<?> property = new PipelineTriggersJobProperty(List.of(trigger()));
        assertThat(Snippetizer.object2Groovy(new JobPropertyStep(List.of(property))))
                .isEqualTo(
                        "properties([pipelineTriggers([dockerHubPush(callback: true, image: 'a/app', tag: 'v*')])])");
        TriggersDirective directive = new TriggersDirective(List.of(trigger()));
        assertThat(((TriggersDirective.DescriptorImpl) directive.getDescriptor()).toGroovy(directive))
                .contains("triggers {", "dockerHubPush callback: true, image: 'a/app', tag: 'v*'");
    }

    @Test
    void checksOfTheFormTellOfMistakesAlone() {
        DockerHubPushTrigger.DescriptorImpl descriptor =
                jenkins.jenkins.getDescriptorByType(DockerHubPushTrigger.DescriptorImpl.class);
        assertThat(descriptor.doCheckImage("a/app", "").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckImage("", "a/app").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckImage("", " ").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(descriptor.doCheckImage("<b>A", ""))
                .satisfies(v -> assertThat(v.kind).isEqualTo(FormValidation.Kind.ERROR))
                .satisfies(v -> assertThat(v.renderHtml()).doesNotContain("<b>"));
        assertThat(descriptor.doCheckImages("a/one, a/two").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckImages("a/one, <b>A"))
                .satisfies(v -> assertThat(v.kind).isEqualTo(FormValidation.Kind.ERROR))
                .satisfies(v -> assertThat(v.renderHtml()).doesNotContain("<b>"));
        assertThat(descriptor.doCheckTag("{year}.{week}.{build}").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(descriptor.doCheckTag("{year}*").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void aJobInAFolderThatNobodyButAdministratorsSeesIsBuilt() throws Exception {
        MockFolder folder = jenkins.createFolder("hidden");
        WorkflowJob job = folder.createProject(WorkflowJob.class, "inside");
        job.setDefinition(new CpsFlowDefinition("echo 'ran'", true));
        job.addTrigger(trigger());
        jenkins.buildAndAssertSuccess(job);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        assertThat(webhook.send(webhook.request(job.getUrl()).GET().build()).statusCode())
                .isEqualTo(403);

        assertThat(webhook.post(token, Webhook.payload("a/app", "v1", "x", "11"))
                        .body())
                .doesNotContain("hidden");
        secondBuild(job);

        Webhook.awaitIdle();
        assertThat(last().getJobs()).containsExactly("hidden/inside");
        folder.renameTo("moved");
        assertThat(webhook.post(token, Webhook.payload("a/app", "v1", "x", "12"))
                        .statusCode())
                .isEqualTo(202);
        Webhook.awaitIdle();
        assertThat(last().getJobs()).containsExactly("moved/inside");
        jenkins.waitUntilNoActivity();
        folder.delete();
    }

    @Test
    void aTriggerEndsWithTheConfigurationThatHadIt() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class, "replaced");
        job.setDefinition(new CpsFlowDefinition("echo 'ran'", true));
        String without = job.getConfigFile().asString();
        job.addTrigger(trigger());
        String with = job.getConfigFile().asString();

        job.updateByXml((Source) new StreamSource(new StringReader(with)));
        webhook.post(token, Webhook.payload("a/app", "v1", "x", "41"));
        Webhook.awaitIdle();
        assertThat(last().getJobs()).containsExactly("replaced");

        job.updateByXml((Source) new StreamSource(new StringReader(without)));
        webhook.post(token, Webhook.payload("a/app", "v2", "x", "42"));
        Webhook.awaitIdle();
        assertThat(last().getJobs()).isEmpty();
        jenkins.waitUntilNoActivity();
        job.delete();
    }

    @Test
    void thePusherIsOneLineInEnvironmentAndLogWhateverItHolds() throws Exception {
        WorkflowJob job = webhook.job(
                "line",
                "dockerHubPush(image: 'a/line')",
                "echo(/[${env.DOCKER_TRIGGER_PUSHER}]/)\necho(/[${env.INJECTED}]/)");
        String pusher = "a\\nINJECTED=1\\r\\u001b[31m\\u0000\\u2028b\\u202e\\ud800${PATH}";

        assertThat(webhook.post(token, Webhook.payload("a/line", "1", pusher, "21"))
                        .statusCode())
                .isEqualTo(202);

        WorkflowRun run = secondBuild(job);
        jenkins.assertLogContains("[aINJECTED=1[31mb${PATH}]", run);
        jenkins.assertLogContains("[null]", run);
        assertThat(run.getEnvironment(TaskListener.NULL))
                .containsEntry("DOCKER_TRIGGER_PUSHER", "aINJECTED=1[31mb${PATH}")
                .doesNotContainKey("INJECTED");
        for (String tag : List.of("1\\nX=1", "1 ", "$PATH", "-x", "1\\u0000")) {
            assertThat(webhook.post(token, Webhook.payload("a/line", tag, "x", "22"))
                            .statusCode())
                    .as(tag)
                    .isEqualTo(400);
        }
        job.delete();
    }

    @Test
    void thePusherReadsNoOtherVariablesOfAFreestyleBuild() throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        DockerHubPushTrigger trigger = trigger();
        project.addTrigger(trigger);
        trigger.start(project, true);

        webhook.post(token, Webhook.payload("a/app", "v1", "robot$OF_ANOTHER ${OF_ANOTHER} $$", "31"));

        Webhook.await("the build", () -> project.getBuildByNumber(1) != null);
        FreeStyleBuild build = jenkins.waitForCompletion(project.getBuildByNumber(1));
        assertThat(build.getEnvironment(TaskListener.NULL))
                .containsEntry("OF_ANOTHER", "marked")
                .containsEntry("DOCKER_TRIGGER_PUSHER", "robot$OF_ANOTHER ${OF_ANOTHER} $$");
        project.delete();
    }

    /** An environment variable of another plugin or of the node. */
    @TestExtension
    public static final class OfAnother extends EnvironmentContributor {
        @Override
        @SuppressWarnings("rawtypes")
        public void buildEnvironmentFor(Run run, EnvVars variables, TaskListener listener) {
            variables.put("OF_ANOTHER", "marked");
        }
    }

    @Test
    void noSurfaceShowsATokenOrTheAddressOfACallback() throws Exception {
        String callback = "secret-of-callback";
        try (LogRecorder log = new LogRecorder()
                .recordPackage(WebhookEndpoint.class, Level.ALL)
                .capture(1000)) {
            WorkflowJob job = webhook.job("shown", "dockerHubPush(image: 'a/shown', callback: true)", "echo 'ran'");
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.ADMINISTER)
                    .everywhere()
                    .to("admin")
                    .grant(Jenkins.READ, Item.READ, Item.EXTENDED_READ)
                    .everywhere()
                    .to("reader"));
            webhook.push(token, "a/shown", "1");
            breakOff();
            WorkflowRun run = secondBuild(job);
            Webhook.awaitIdle();
            jenkins.waitUntilNoActivity();

            Item.EXTENDED_READ.setEnabled(true);
            try (JenkinsRule.WebClient admin = jenkins.createWebClient().login("admin");
                    JenkinsRule.WebClient reader = jenkins.createWebClient().login("reader")) {
                assertThat(json(reader, run.getUrl() + "api/json?depth=3"))
                        .contains(DockerPushCause.class.getName(), "\"image\":\"a/shown\"", "\"tag\":\"1\"")
                        .doesNotContain(token, callback);
                for (String path : List.of(
                        run.getUrl(),
                        run.getUrl() + "api/xml?depth=3",
                        run.getUrl() + "consoleText",
                        job.getUrl(),
                        job.getUrl() + "api/json?depth=3",
                        job.getUrl() + "api/xml?depth=3",
                        job.getUrl() + "config.xml",
                        "api/json?depth=4")) {
                    assertThat(json(reader, path)).as(path).doesNotContain(token, callback);
                }
                for (String path : List.of("manage/docker-pushes/", "manage/configure", "log/all")) {
                    assertThat(json(admin, path)).as(path).doesNotContain(token, callback);
                }
            }
            assertThat(log.getMessages()).noneMatch(line -> line.contains(token) || line.contains(callback));
        }
        assertThat(Jenkins.logRecords).extracting(LogRecord::getMessage).noneMatch(line -> line.contains(token));
        assertThat(SecretSearch.filesHolding(jenkins.jenkins.getRootDir().toPath(), token, callback))
                .isEmpty();
    }

    private static String json(JenkinsRule.WebClient client, String path) throws Exception {
        return client.goTo(path, null).getWebResponse().getContentAsString();
    }

    /** Closes the connection in the middle of a request body. Jenkins itself may log this connection error. */
    private void breakOff() throws Exception {
        try (Socket socket = new Socket("localhost", jenkins.getURL().getPort())) {
            String head = "POST " + jenkins.getURL().getPath() + "dockerhub-webhook/" + token
                    + "/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
    }
}
