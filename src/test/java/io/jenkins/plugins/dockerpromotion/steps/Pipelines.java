package io.jenkins.plugins.dockerpromotion.steps;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Label;
import hudson.model.Result;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jvnet.hudson.test.JenkinsRule;

/** Pipelines in the sandbox, on an agent, with credentials and an embedded Docker Hub. */
final class Pipelines {

    static final String PASSWORD = "pa55-w\"o/rd+";

    private Pipelines() {}

    /** An agent labelled {@code agent}, and the credentials {@code hub} of the user {@code ci}. */
    static void prepare(JenkinsRule jenkins) throws Exception {
        jenkins.createOnlineSlave(Label.get("agent"));
        addCredentials(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "hub", "", "ci", PASSWORD));
    }

    static void addCredentials(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }

    static InMemoryDockerHub dockerHub() {
        InMemoryDockerHub hub = InMemoryDockerHub.builder().user("ci", PASSWORD).start();
        RegistryConfiguration place =
                new RegistryConfiguration("docker.io", hub.registry().uri().toString());
        place.setApiAddress(hub.uri().toString());
        DockerPromotionConfiguration.get().setRegistries(List.of(place));
        return hub;
    }

    /** The same by TLS, and one whose webhooks may be answered though it is on this machine. */
    static InMemoryDockerHub dockerHubWithCallbacks() throws IOException {
        InMemoryDockerHub hub = InMemoryDockerHub.builder()
                .user("ci", PASSWORD)
                .tls(TestCertificates.shared().serverContext())
                .start();
        RegistryConfiguration place =
                new RegistryConfiguration("docker.io", hub.registry().uri().toString());
        place.setApiAddress(hub.uri().toString());
        place.setCertificateAuthority(Files.readString(TestCertificates.shared().caPem()));
        DockerPromotionConfiguration.get().setRegistries(List.of(place));
        DockerPromotionConfiguration.get().setCallbackHosts(hub.host());
        return hub;
    }

    static WorkflowJob job(JenkinsRule jenkins, String body) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("node('agent') {\n" + body + "\n}", true));
        return job;
    }

    static WorkflowRun succeed(JenkinsRule jenkins, String body) throws Exception {
        WorkflowRun run = jenkins.buildAndAssertSuccess(job(jenkins, body));
        assertNoApprovalAsked();
        return run;
    }

    static WorkflowRun fail(JenkinsRule jenkins, String body) throws Exception {
        return jenkins.buildAndAssertStatus(Result.FAILURE, job(jenkins, body));
    }

    private static void assertNoApprovalAsked() {
        ScriptApproval approval = ScriptApproval.get();
        if (!approval.getPendingSignatures().isEmpty()
                || !approval.getPendingScripts().isEmpty()) {
            throw new AssertionError("a script approval was asked for: " + approval.getPendingSignatures());
        }
    }

    /** The files of a build, {@code program.dat} and its log among them, in which {@code secret} can be read. */
    static List<Path> filesHolding(WorkflowRun run, String secret) throws IOException {
        return SecretSearch.filesHolding(run.getRootDir().toPath(), secret);
    }
}
