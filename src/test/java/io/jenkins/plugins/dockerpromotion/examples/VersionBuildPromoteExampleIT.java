package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.EnvVars;
import hudson.model.Label;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.DockerDaemonProcess;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import io.jenkins.plugins.dockerpromotion.testing.Skopeo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Runs {@code docs/examples/version-build-promote/Jenkinsfile} and its scripted variant unchanged, with a real Docker
 * daemon and a real registry.
 */
@WithController
class VersionBuildPromoteExampleIT {

    private static DockerDaemonProcess daemon;
    private static DockerRegistryProcess registry;

    @TempDir
    private Path agentConfig;

    @BeforeAll
    static void servers() throws Exception {
        DockerRegistryProcess.assumeAvailable(VersionBuildPromoteExampleIT.class);
        Skopeo.assumeAvailable(VersionBuildPromoteExampleIT.class);
        daemon = DockerDaemonProcess.startOrSkip(VersionBuildPromoteExampleIT.class);
        registry = DockerRegistryProcess.builder().htpasswd().start();
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    @Test
    void makesPushesAndPromotesAVersionInEachBuildAndGoesOnAfterAReset(JenkinsRule jenkins) throws Exception {
        Setup.addLogin("registry", DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);
        jenkins.jenkins.setNumExecutors(0);
        jenkins.waitOnline(jenkins.createSlave(
                Label.get("docker"),
                new EnvVars("DOCKER_HOST", daemon.host(), "DOCKER_CONFIG", agentConfig.toString())));
        assertVersions(jenkins, "Jenkinsfile", "technolog/declarative");
        assertVersions(jenkins, "scripted/Jenkinsfile", "technolog/scripted");

        assertThat(agentConfig).isEmptyDirectory();
        Setup.assertNoApprovalAsked();
    }

    private static void assertVersions(JenkinsRule jenkins, String file, String repository) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        // Jenkins reads the parameters from the Jenkinsfile only after its first run.
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("REGISTRY"), new StringParameterDefinition("REPOSITORY")));
        String jenkinsfile = Files.readString(Path.of("docs/examples/version-build-promote", file));
        job.setDefinition(new CpsFlowDefinition(jenkinsfile, true));

        String first = release(jenkins, job, repository);
        String second = release(jenkins, job, repository);
        job.getBuilds().forEach(VersionBuildPromoteExampleIT::delete);
        job.updateNextBuildNumber(1);
        String afterReset = release(jenkins, job, repository);

        assertThat(first).isIn(version(1, 0), version(1, 1));
        assertThat(second).isIn(version(2, 0), version(2, 1));
        assertThat(afterReset).isIn(version(3, 0), version(3, 1));
    }

    /** Runs a build, checks that latest points to its version, and returns the version. */
    private static String release(JenkinsRule jenkins, WorkflowJob job, String repository) throws Exception {
        WorkflowRun run = jenkins.assertBuildStatusSuccess(job.scheduleBuild2(
                0,
                new ParametersAction(
                        new StringParameterValue("REGISTRY", registry.host()),
                        new StringParameterValue("REPOSITORY", repository))));
        String image = registry.host() + "/" + repository;
        Skopeo skopeo = Skopeo.ANONYMOUS.basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);
        String digest = skopeo.digest(image + ":latest");
        jenkins.assertLogContains("Released " + image + " " + run.getDisplayName() + " as " + digest, run);
        assertThat(skopeo.digest(image + ":" + run.getDisplayName())).isEqualTo(digest);
        assertThat(SecretSearch.filesHolding(run.getRootDir().toPath(), DockerRegistryProcess.PASSWORD))
                .isEmpty();
        return run.getDisplayName();
    }

    /** Returns the version of a build. Callers also accept yesterday's, in case midnight passes during the test. */
    private static String version(int build, int daysAgo) {
        LocalDate day = LocalDate.now(ZoneOffset.UTC).minusDays(daysAgo);
        return day.get(IsoFields.WEEK_BASED_YEAR) + "." + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) + "." + build;
    }

    private static void delete(WorkflowRun run) {
        try {
            run.delete();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
