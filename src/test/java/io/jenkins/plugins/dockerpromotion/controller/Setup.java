package io.jenkins.plugins.dockerpromotion.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Node;
import hudson.model.Slave;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/** Sets up a controller for a test. */
public final class Setup {

    private Setup() {}

    /** Adds credentials in the global scope. */
    public static void addCredentials(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
        SystemCredentialsProvider.getInstance().save();
    }

    /** Adds a username and password in the global scope. */
    public static void addLogin(String id, String username, String password) throws Exception {
        addCredentials(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", username, password));
    }

    /** Adds a secret text in the global scope. */
    public static void addText(String id, String text) throws IOException {
        addCredentials(new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(text)));
    }

    /** Sets the number of executors of each agent. */
    public static void setExecutors(JenkinsRule jenkins, int count) throws IOException {
        for (Node node : jenkins.jenkins.getNodes()) {
            ((Slave) node).setNumExecutors(count);
        }
        // Creates the executors; updating the nodes one by one does not.
        jenkins.jenkins.setNodes(jenkins.jenkins.getNodes());
    }

    /** Replaces the real Docker Hub by this one, and allows callbacks to it although it is on the local host. */
    public static void useDockerHub(InMemoryDockerHub hub, RegistryConfiguration... others) throws IOException {
        RegistryConfiguration place =
                new RegistryConfiguration("docker.io", hub.registry().uri().toString());
        place.setApiAddress(hub.uri().toString());
        place.setCertificateAuthority(Files.readString(TestCertificates.shared().caPem()));
        List<RegistryConfiguration> places = new ArrayList<>(List.of(others));
        places.add(0, place);
        DockerPromotionConfiguration.get().setRegistries(places);
        DockerPromotionConfiguration.get().setCallbackHosts(hub.host());
    }

    /** Creates a Pipeline job that runs in the sandbox. */
    public static WorkflowJob job(JenkinsRule jenkins, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    public static void assertNoApprovalAsked() {
        assertThat(ScriptApproval.get().getPendingSignatures()).isEmpty();
        assertThat(ScriptApproval.get().getPendingScripts()).isEmpty();
        assertThat(ScriptApproval.get().getApprovedSignatures()).isEmpty();
    }
}
