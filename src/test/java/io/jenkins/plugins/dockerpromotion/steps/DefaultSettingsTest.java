package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Tests steps that use the defaults from the global configuration. */
class DefaultSettingsTest extends StepTest {

    private static final TestImage IMAGE = TestImage.docker(1);

    private final DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
    private InMemoryRegistry other;

    @BeforeAll
    static void addCredentials() throws Exception {
        Setup.addCredentials(new UsernamePasswordCredentialsImpl(
                CredentialsScope.SYSTEM, "for-jenkins-alone", "", "ci", Pipelines.PASSWORD));
        Setup.addLogin("other", "other", "0ther-passw0rd");
    }

    @BeforeEach
    void push() {
        registry.addTags("group/app", IMAGE, List.of("build-7", "2017.2.7", "latest"));
        other = InMemoryRegistry.builder()
                .bearer()
                .user("other", "0ther-passw0rd")
                .start();
        other.addTags("group/app", IMAGE, List.of("build-7"));
    }

    @AfterEach
    void forget() {
        configuration.setDefaultPattern(null);
        other.close();
    }

    private static RegistryConfiguration of(InMemoryRegistry place, String credentialsId) {
        RegistryConfiguration entry =
                new RegistryConfiguration(place.host(), place.uri().toString());
        entry.setCredentialsId(credentialsId);
        return entry;
    }

    @Test
    void aPatternThatTheJenkinsfileLeavesOutIsTheConfiguredOne() throws Exception {
        configuration.setDefaultPattern("build-{build}");
        configuration.setRegistries(List.of(of(registry, "hub")));
        WorkflowJob job = Pipelines.job(jenkins, """
                echo "found <${findTagForBuild(image: '%1$s/group/app', build: 7)}>"
                echo "given <${imageVersion(build: 8)}>"
                echo "by regex <${findTagForBuild(image: '%1$s/group/app', build: 7, regex: '2017[.]2[.](?<build>7)')}>"
                echo "by pattern <${findTagForBuild(image: '%1$s/group/app', build: 7, pattern: '2017.2.{build}')}>"
                """.formatted(registry.host()));

        WorkflowRun run = jenkins.buildAndAssertSuccess(job);

        assertThat(JenkinsRule.getLog(run))
                .contains(
                        "(build-{build})\n",
                        "found <build-7>",
                        "Creating a version for build 8 with the pattern build-{build}",
                        "given <build-8>",
                        "by regex <2017.2.7>",
                        "by pattern <2017.2.7>");

        configuration.setDefaultPattern("{year}.{week}.{build}");
        jenkins.assertLogContains("found <2017.2.7>", jenkins.buildAndAssertSuccess(job));

        configuration.setDefaultPattern("v{build}");
        fail("findTagForBuild(" + image("app") + ", build: 7)", "matches v{build} for build 7; check");
    }

    @Test
    void formsShowTheConfiguredPatternAndSnippetsLeaveItOut() throws Exception {
        configuration.setDefaultPattern("build-{build}");
        assertThat(StepForm.shownByDefault(jenkins, "imageVersion", "pattern")).isEqualTo("build-{build}");
        for (String snippet : List.of("findTagForBuild build: 7, image: 'a/app'", "imageVersion()")) {
            assertThat(Snippetizer.object2Groovy(StepForm.roundTrip(jenkins, StepForm.step(snippet))))
                    .isEqualTo(snippet);
        }

        assertThat(StepForm.check("findTagForBuild", "pattern", "", "").renderHtml())
                .contains("Matches build-103, but not buildx103.");
        assertThat(StepForm.check("findTagForBuild", "pattern", "", "(?<build>7)").kind)
                .isEqualTo(FormValidation.Kind.OK);
        assertThat(StepForm.check("imageVersion", "pattern", "", "9", "", "").renderHtml())
                .contains("Example: build-9.");
    }

    @Test
    void credentialsThatTheJenkinsfileLeavesOutAreTheConfiguredOnesOfThatRegistry() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, null)));
        String list = "echo \"listed ${imageTags(image: '%s/group/app').size()}\"";

        WorkflowRun run = succeed(
                list.formatted(registry.host()),
                "listed 3",
                "Using the default credentials 'hub' from the global configuration for " + registry.host());
        assertThat(CredentialsProvider.getFingerprintOf(credentials("hub")).getJobs())
                .contains(run.getParent().getFullName());

        WorkflowRun elsewhere = Pipelines.fail(jenkins, list.formatted(other.host()));
        jenkins.assertLogNotContains("default credentials", elsewhere);
        assertThat(other.requests().all())
                .noneMatch(r -> r.header("Authorization")
                        .map(a -> a.startsWith("Basic"))
                        .orElse(false));
    }

    private static StandardCredentials credentials(String id) {
        return CredentialsProvider.lookupCredentialsInItemGroup(StandardCredentials.class, jenkins.jenkins, null)
                .stream()
                .filter(c -> c.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void namedCredentialsComeBeforeTheConfiguredOnes() throws Exception {
        configuration.setRegistries(List.of(of(registry, "other")));

        WorkflowRun run = succeed("imageTags(" + image("app") + ")");

        jenkins.assertLogNotContains("default credentials", run);
    }

    @Test
    void aBuildHasToHaveARightToTheConfiguredCredentials() throws Exception {
        configuration.setRegistries(List.of(of(registry, "for-jenkins-alone")));

        WorkflowRun run = fail(
                "imageTags(image: '" + registry.host() + "/group/app')",
                "Cannot use the credentials 'for-jenkins-alone' for " + registry.host());

        jenkins.assertLogContains("Using the default credentials 'for-jenkins-alone'", run);
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void aPromotionToAnotherRegistryUsesTheDefaultOfEach() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));

        succeed(
                """
                promoteImage(image: '%s/group/app', tag: 'build-7', toImage: '%s/group/copy', to: ['released'])
                """.formatted(registry.host(), other.host()),
                "default credentials 'hub' from the global configuration for " + registry.host(),
                "default credentials 'other' from the global configuration for " + other.host());
        assertThat(other.digestOf("group/copy", "released")).contains(IMAGE.digest());

        WorkflowRun same = succeed(
                "promoteImage(image: '%s/group/app', tag: 'build-7', to: ['again'])".formatted(registry.host()));
        assertThat(same.getLog(100).stream().filter(line -> line.contains("default credentials")))
                .hasSize(1);
    }

    @Test
    void anIsolatedBlockIsLoggedInWithTheDefaultOfTheRegistriesItNames() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));

        succeed(
                "isolatedDockerConfig(registry: '" + registry.host() + "') { echo 'inside' }",
                "logged in to " + registry.host() + "\n");
        WorkflowRun none = succeed("isolatedDockerConfig { echo 'inside' }", "no registry logged in");
        jenkins.assertLogNotContains("default credentials", none);
    }

    @Test
    void aStepThatNeedsCredentialsTakesTheConfiguredOnes() throws Exception {
        assertThat(StepForm.check("dockerHubToken", "credentialsId", "").kind).isEqualTo(FormValidation.Kind.ERROR);
        configuration.getRegistries().get(0).setCredentialsId("hub");

        succeed("dockerHubToken()", "Got a Docker Hub token");

        assertShown("hub", "dockerHubToken", "credentialsId", "");
        assertThat(StepForm.check("dockerHubToken", "credentialsId", "gone").kind)
                .isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void formsTellWhichCredentialsAreUsedWithoutAny() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));
        String image = registry.host() + "/group/app";
        assertShown("hub", "promoteImage", "credentialsId", "", image);
        assertShown("", "promoteImage", "credentialsId", "", "a/app");
        assertShown("", "promoteImage", "toCredentialsId", "", "", image);
        assertShown("other", "promoteImage", "toCredentialsId", "", other.host() + "/x", image);
        assertShown("hub", "isolatedDockerConfig", "credentialsId", "", "https://" + registry.host());
        assertShown("", "isolatedDockerConfig", "credentialsId", "", "");

        RegistryConfiguration inside = new RegistryConfiguration("registry", "https://registry.example.com");
        inside.setCredentialsId("other");
        configuration.setRegistries(List.of(inside));
        assertShown("other", "registryToken", "credentialsId", "", "", "registry");
        assertShown("", "registryToken", "credentialsId", "", "registry/app", "");
        assertShown("", "isolatedDockerConfig", "credentialsId", "", "no/registry");
    }

    private static void assertShown(String credentials, String step, String field, String... values) throws Exception {
        FormValidation shown = StepForm.check(step, field, values);
        if (credentials.isEmpty()) {
            assertThat(shown).isSameAs(FormValidation.ok());
        } else {
            assertThat(shown).hasMessageContaining("default credentials &#039;" + credentials + "&#039;");
        }
    }
}
