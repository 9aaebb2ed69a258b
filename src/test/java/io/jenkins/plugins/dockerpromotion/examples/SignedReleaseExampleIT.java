package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.EnvVars;
import hudson.model.Label;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Result;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Runs {@code docs/examples/signed-release} unchanged, with the real cosign and a real registry. crane replaces docker:
 * it pushes an image with the same login.
 */
@WithController
class SignedReleaseExampleIT {

    private static final Path EXAMPLE = Path.of("docs/examples/signed-release");
    private static final String PASSWORD = "of-the-signing-key";

    @TempDir
    private static Path bin;

    private static JenkinsRule jenkins;
    private static DockerRegistryProcess registry;
    private static FieldTool cosign;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        FieldTool.assumeAvailable(SignedReleaseExampleIT.class, "cosign", "crane");
        DockerRegistryProcess.assumeAvailable(SignedReleaseExampleIT.class);
        jenkins = rule;
        registry = DockerRegistryProcess.builder().htpasswd().start();
        cosign = FieldTool.of("cosign", bin);
        cosign.with(Map.of("COSIGN_PASSWORD", PASSWORD)).run("generate-key-pair");
        Path crane = FieldTool.find("crane").orElseThrow();
        FakeCommand.install(bin, "cosign", "exec " + FieldTool.find("cosign").orElseThrow() + " \"$@\"");
        FakeCommand.install(
                bin,
                "docker",
                "[ \"$1\" != push ] || { tar -cf layer.tar Dockerfile; exec " + crane
                        + " append --oci-empty-base --new_layer layer.tar --new_tag \"$2\"; }");
        addCredentials(
                new UsernamePasswordCredentialsImpl(
                        CredentialsScope.GLOBAL,
                        "registry",
                        "",
                        DockerRegistryProcess.USER,
                        DockerRegistryProcess.PASSWORD),
                file("cosign-private-key", "cosign.key"),
                file("cosign-key", "cosign.pub"),
                new StringCredentialsImpl(CredentialsScope.GLOBAL, "cosign-password", "", Secret.fromString(PASSWORD)));
        rule.jenkins.setNumExecutors(0);
        rule.waitOnline(rule.createSlave(
                Label.get("agent"), new EnvVars("PATH", FakeCommand.path(bin), "HOME", bin.toString())));
    }

    private static void addCredentials(Credentials... credentials) {
        SystemCredentialsProvider.getInstance().getCredentials().addAll(List.of(credentials));
    }

    private static Credentials file(String id, String name) throws Exception {
        return new FileCredentialsImpl(
                CredentialsScope.GLOBAL, id, "", name, SecretBytes.fromRawBytes(Files.readAllBytes(bin.resolve(name))));
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private static WorkflowRun run(String file, Result result, Map<String, String> parameters) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        // Jenkins reads the parameters from the Jenkinsfile only after its first run.
        job.addProperty(new ParametersDefinitionProperty(parameters.keySet().stream()
                .map(StringParameterDefinition::new)
                .toArray(StringParameterDefinition[]::new)));
        job.setDefinition(new CpsFlowDefinition(Files.readString(EXAMPLE.resolve(file)), true));
        WorkflowRun run = jenkins.assertBuildStatus(
                result,
                job.scheduleBuild2(
                        0,
                        new ParametersAction(parameters.entrySet().stream()
                                .map(entry -> new StringParameterValue(entry.getKey(), entry.getValue()))
                                .toArray(StringParameterValue[]::new))));
        assertThat(SecretSearch.filesHolding(run.getRootDir().toPath(), PASSWORD, DockerRegistryProcess.PASSWORD))
                .isEmpty();
        return run;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scripted/Jenkinsfile"})
    void whatTheBuildSignsTheReleaseVerifiesAndPromotes(String file) throws Exception {
        Map<String, String> at = Map.of("REGISTRY", registry.host());
        String version = run("build/" + file, Result.SUCCESS, at).getDisplayName();

        WorkflowRun release =
                run("release/" + file, Result.SUCCESS, Map.of("REGISTRY", registry.host(), "VERSION", version));

        jenkins.assertLogContains("attachments of " + registry.host() + "/group/app:" + version, release);
        for (String verify : List.of("verify", "verify-attestation --type=https://example.com/tests/v1")) {
            assertThat(cosign.attempt((verify + " --key=cosign.pub --insecure-ignore-tlog"
                                    + " --registry-username=" + DockerRegistryProcess.USER
                                    + " --registry-password=" + DockerRegistryProcess.PASSWORD + " "
                                    + registry.host() + "/production/app:production")
                            .split(" ")))
                    .matches(result -> result.status() == 0);
        }
        Setup.assertNoApprovalAsked();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Jenkinsfile", "scripted/Jenkinsfile"})
    void whatNobodySignedIsNotReleased(String file) throws Exception {
        String image = registry.host() + "/group/app:unsigned";
        FieldTool crane = FieldTool.of("crane", bin);
        crane.run(
                "auth",
                "login",
                registry.host(),
                "-u",
                DockerRegistryProcess.USER,
                "-p",
                DockerRegistryProcess.PASSWORD);
        Files.writeString(bin.resolve("layer.tar"), "");
        crane.run("append", "--oci-empty-base", "--new_layer=layer.tar", "--new_tag=" + image);

        WorkflowRun release =
                run("release/" + file, Result.FAILURE, Map.of("REGISTRY", registry.host(), "VERSION", "unsigned"));

        jenkins.assertLogContains("it has neither signatures nor attestations", release);
    }
}
