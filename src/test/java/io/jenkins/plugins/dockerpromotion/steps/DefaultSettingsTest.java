package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** What steps do where the Jenkinsfile leaves it to the administrator. */
@WithController
class DefaultSettingsTest {

    private static final TestImage IMAGE = TestImage.docker(1);

    private static JenkinsRule jenkins;

    private final DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
    private InMemoryRegistry registry;
    private InMemoryRegistry other;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        Pipelines.prepare(rule);
        Pipelines.addCredentials(new UsernamePasswordCredentialsImpl(
                CredentialsScope.SYSTEM, "for-jenkins-alone", "", "ci", Pipelines.PASSWORD));
        Pipelines.addCredentials(
                new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "other", "", "other", "0ther-passw0rd"));
    }

    @BeforeEach
    void openRegistries() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("ci", Pipelines.PASSWORD)
                .start();
        registry.addTags("group/app", IMAGE, List.of("build-7", "2017.2.7", "latest"));
        other = InMemoryRegistry.builder()
                .bearer()
                .user("other", "0ther-passw0rd")
                .start();
        other.addTags("group/app", IMAGE, List.of("build-7"));
    }

    @AfterEach
    void closeRegistries() {
        configuration.setDefaultPattern(null);
        configuration.setRegistries(List.of());
        registry.close();
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

        jenkins.assertLogContains("(build-{build})\n", run);
        jenkins.assertLogContains("found <build-7>", run);
        jenkins.assertLogContains("Creating a version for build 8 with the pattern build-{build}", run);
        jenkins.assertLogContains("given <build-8>", run);
        jenkins.assertLogContains("by regex <2017.2.7>", run);
        jenkins.assertLogContains("by pattern <2017.2.7>", run);

        configuration.setDefaultPattern("{year}.{week}.{build}");
        jenkins.assertLogContains("found <2017.2.7>", jenkins.buildAndAssertSuccess(job));

        configuration.setDefaultPattern("v{build}");
        jenkins.assertLogContains(
                "matches v{build} for build 7; check",
                Pipelines.fail(jenkins, "findTagForBuild(image: '" + registry.host() + "/group/app', build: 7)"));
    }

    @Test
    void formsShowTheConfiguredPatternAndSnippetsLeaveItOut() throws Exception {
        configuration.setDefaultPattern("build-{build}");
        assertThat(StepForm.shownByDefault(jenkins, "imageVersion", "pattern")).isEqualTo("build-{build}");
        assertThat(StepForm.roundTrip(jenkins, new FindTagForBuildStep("a/app", 7L))
                        .getPattern())
                .isNull();
        assertThat(StepForm.roundTrip(jenkins, new ImageVersionStep()).getPattern())
                .isNull();
        StepForm.assertSnippet(
                jenkins,
                FindTagForBuildStep.class,
                JSONObject.fromObject("{'image': 'a/app', 'build': '7', 'pattern': ''}"),
                "findTagForBuild build: 7, image: 'a/app'");
        StepForm.assertSnippet(
                jenkins, ImageVersionStep.class, JSONObject.fromObject("{'pattern': ''}"), "imageVersion()");

        FindTagForBuildStep.DescriptorImpl find =
                jenkins.jenkins.getDescriptorByType(FindTagForBuildStep.DescriptorImpl.class);
        assertThat(find.doCheckPattern("", "").renderHtml()).contains("Matches build-103, but not buildx103.");
        assertThat(find.doCheckPattern("", "(?<build>7)").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(jenkins.jenkins
                        .getDescriptorByType(ImageVersionStep.DescriptorImpl.class)
                        .doCheckPattern("", "9", "", "")
                        .renderHtml())
                .contains("Example: build-9.");
    }

    @Test
    void credentialsThatTheJenkinsfileLeavesOutAreTheConfiguredOnesOfThatRegistry() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, null)));
        String list = "echo \"listed ${imageTags(image: '%s/group/app').size()}\"";

        WorkflowRun run = Pipelines.succeed(jenkins, list.formatted(registry.host()));

        jenkins.assertLogContains("listed 3", run);
        jenkins.assertLogContains(
                "Using the default credentials 'hub' from the global configuration for " + registry.host(), run);
        assertThat(Pipelines.filesHolding(run, Pipelines.PASSWORD)).isEmpty();
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

        WorkflowRun run = Pipelines.succeed(
                jenkins, "imageTags(image: '" + registry.host() + "/group/app', credentialsId: 'hub')");

        jenkins.assertLogNotContains("default credentials", run);
    }

    @Test
    void aBuildHasToHaveARightToTheConfiguredCredentials() throws Exception {
        configuration.setRegistries(List.of(of(registry, "for-jenkins-alone")));

        WorkflowRun run = Pipelines.fail(jenkins, "imageTags(image: '" + registry.host() + "/group/app')");

        jenkins.assertLogContains("Using the default credentials 'for-jenkins-alone'", run);
        jenkins.assertLogContains("Cannot use the credentials 'for-jenkins-alone' for " + registry.host(), run);
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void aPromotionToAnotherRegistryUsesTheDefaultOfEach() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));

        WorkflowRun run = Pipelines.succeed(jenkins, """
                promoteImage(image: '%s/group/app', tag: 'build-7', toImage: '%s/group/copy', to: ['released'])
                """.formatted(registry.host(), other.host()));

        assertThat(other.digestOf("group/copy", "released")).contains(IMAGE.digest());
        jenkins.assertLogContains(
                "default credentials 'hub' from the global configuration for " + registry.host(), run);
        jenkins.assertLogContains("default credentials 'other' from the global configuration for " + other.host(), run);

        WorkflowRun same = Pipelines.succeed(
                jenkins,
                "promoteImage(image: '%s/group/app', tag: 'build-7', to: ['again'])".formatted(registry.host()));
        assertThat(same.getLog(100).stream().filter(line -> line.contains("default credentials")))
                .hasSize(1);
    }

    @Test
    void anIsolatedBlockIsLoggedInWithTheDefaultOfTheRegistriesItNames() throws Exception {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));

        jenkins.assertLogContains(
                "logged in to " + registry.host() + "\n",
                Pipelines.succeed(
                        jenkins, "isolatedDockerConfig(registry: '" + registry.host() + "') { echo 'inside' }"));
        WorkflowRun none = Pipelines.succeed(jenkins, "isolatedDockerConfig { echo 'inside' }");
        jenkins.assertLogContains("no registry logged in", none);
        jenkins.assertLogNotContains("default credentials", none);
    }

    @Test
    void aStepThatNeedsCredentialsTakesTheConfiguredOnes() throws Exception {
        DockerHubTokenStep.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(DockerHubTokenStep.DescriptorImpl.class);
        assertThat(form.doCheckCredentialsId(null, "").kind).isEqualTo(FormValidation.Kind.ERROR);
        try (var dockerHub = Pipelines.dockerHub()) {
            RegistryConfiguration hub = new RegistryConfiguration(
                    "docker.io", dockerHub.registry().uri().toString());
            hub.setApiAddress(dockerHub.uri().toString());
            hub.setCredentialsId("hub");
            configuration.setRegistries(List.of(hub));

            jenkins.assertLogContains("Got a Docker Hub token", Pipelines.succeed(jenkins, "dockerHubToken()"));
        }
        assertThat(form.doCheckCredentialsId(null, "").renderHtml()).contains("the default credentials", "hub");
        assertThat(form.doCheckCredentialsId(null, "gone").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void formsTellWhichCredentialsAreUsedWithoutAny() {
        configuration.setRegistries(List.of(of(registry, "hub"), of(other, "other")));
        String image = registry.host() + "/group/app";
        PromoteImageStep.DescriptorImpl promote =
                jenkins.jenkins.getDescriptorByType(PromoteImageStep.DescriptorImpl.class);
        assertThat(promote.doCheckCredentialsId(null, "", image))
                .hasMessageContaining("default credentials &#039;hub&#039;");
        assertThat(promote.doCheckCredentialsId(null, "", "a/app")).isSameAs(FormValidation.ok());
        assertThat(promote.doCheckToCredentialsId(null, "", "", image)).isSameAs(FormValidation.ok());
        assertThat(promote.doCheckToCredentialsId(null, "", other.host() + "/x", image))
                .hasMessageContaining("default credentials &#039;other&#039;");
        IsolatedDockerConfigStep.DescriptorImpl isolated =
                jenkins.jenkins.getDescriptorByType(IsolatedDockerConfigStep.DescriptorImpl.class);
        assertThat(isolated.doCheckCredentialsId(null, "", "https://" + registry.host()))
                .hasMessageContaining("default credentials &#039;hub&#039;");
        assertThat(isolated.doCheckCredentialsId(null, "", "")).isSameAs(FormValidation.ok());

        RegistryConfiguration inside = new RegistryConfiguration("registry", "https://registry.example.com");
        inside.setCredentialsId("other");
        configuration.setRegistries(List.of(inside));
        RegistryTokenStep.DescriptorImpl token =
                jenkins.jenkins.getDescriptorByType(RegistryTokenStep.DescriptorImpl.class);
        assertThat(token.doCheckCredentialsId(null, "", "", "registry"))
                .hasMessageContaining("default credentials &#039;other&#039;");
        assertThat(token.doCheckCredentialsId(null, "", "registry/app", "")).isSameAs(FormValidation.ok());
        assertThat(isolated.doCheckCredentialsId(null, "", "no/registry")).isSameAs(FormValidation.ok());
    }
}
