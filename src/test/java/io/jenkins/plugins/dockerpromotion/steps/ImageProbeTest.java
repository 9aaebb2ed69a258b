package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.HostnameSpecification;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Item;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

/** Tests the button 'Test' of the forms, with the requests that a browser sends. */
@WithController
class ImageProbeTest {

    private static final String FIND = FindTagForBuildStep.class.getName();

    private static JenkinsRule jenkins;
    private static WorkflowJob job;
    private InMemoryRegistry registry;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        rule.jenkins.setSecurityRealm(rule.createDummySecurityRealm());
        Setup.addLogin("robot", "robot", Pipelines.PASSWORD);
        Setup.addLogin("wrong", "robot", "guessed");
        Setup.addCredentials(new UsernamePasswordCredentialsImpl(
                CredentialsScope.SYSTEM, "system", "", "robot", Pipelines.PASSWORD));
        new SystemCredentialsProvider.StoreImpl()
                .addDomain(
                        new Domain("elsewhere", "", List.of(new HostnameSpecification("registry.example.com", ""))),
                        new UsernamePasswordCredentialsImpl(
                                CredentialsScope.GLOBAL, "elsewhere", "", "robot", Pipelines.PASSWORD));
        Folder team = rule.createProject(Folder.class, "team");
        job = team.createProject(WorkflowJob.class, "app");
        rule.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ)
                .everywhere()
                .toEveryone()
                .grant(Item.READ)
                .onItems(team)
                .toEveryone()
                .grant(Item.READ, Item.CONFIGURE)
                .onItems(job)
                .to("author")
                .grant(Item.READ, Item.EXTENDED_READ, Item.BUILD)
                .onItems(job)
                .to("reader"));
    }

    @BeforeEach
    void open() {
        registry = InMemoryRegistry.builder()
                .bearer()
                .user("robot", Pipelines.PASSWORD)
                .publicRepository("public/*")
                .start();
        registry.addTags(
                "app/one", TestImage.docker(1), List.of("2026.47.9", "2026.47.103", "2026.46.250", "latest", "main"));
        registry.addTags("public/two", TestImage.docker(2), List.of("1.0"));
        name(registry);
    }

    private static void name(InMemoryRegistry named) {
        DockerPromotionConfiguration.get()
                .setRegistries(List.of(
                        new RegistryConfiguration(named.host(), named.uri().toString())));
    }

    @AfterEach
    void close() {
        registry.close();
        DockerPromotionConfiguration.get().setRegistries(List.of());
    }

    private static JenkinsRule.WebClient client(String user) throws Exception {
        return jenkins.createWebClient()
                .withJavaScriptEnabled(false)
                .withBasicApiToken(user)
                .withThrowExceptionOnFailingStatusCode(false);
    }

    private static WebResponse press(String user, String place, String step, Map<String, String> fields)
            throws Exception {
        WebRequest request = new WebRequest(
                new URL(jenkins.getURL(), place + "descriptorByName/" + step + "/testImage"), HttpMethod.POST);
        List<NameValuePair> parameters = new ArrayList<>();
        fields.forEach((name, value) -> parameters.add(new NameValuePair(name, value)));
        request.setRequestParameters(parameters);
        return client(user).getPage(request).getWebResponse();
    }

    /** Returns the message that the author of the job sees. */
    private static String told(Class<?> step, Map<String, String> fields) throws Exception {
        WebResponse answer = press("author", job.getUrl(), step.getName(), fields);
        assertThat(answer.getStatusCode()).isEqualTo(200);
        return answer.getContentAsString().replaceAll("<[^>]*>", "").trim();
    }

    private static String told(String image, String credentialsId) throws Exception {
        return told(
                FindTagForBuildStep.class,
                Map.of("image", image, "credentialsId", credentialsId, "pattern", "{year}.{week}.{build}"));
    }

    private String image() {
        return registry.host() + "/app/one";
    }

    @Test
    void tellsWhoReachedTheImageAndWhichTagsMatch() throws Exception {
        assertThat(told(image(), "robot"))
                .isEqualTo(
                        "Reached " + image() + " as robot: 5 tags, 3 match {year}.{week}.{build}, newest 2026.47.103");
        assertThat(told(registry.host() + "/public/two", ""))
                .isEqualTo("Reached " + registry.host()
                        + "/public/two without credentials: 1 tag, none matches {year}.{week}.{build}");
        assertThat(told(PromoteImageStep.class, Map.of("image", image(), "credentialsId", "robot")))
                .endsWith("as robot: 5 tags");
        String regex = "[0-9]+[.]47[.](?<build>[0-9]+)";
        assertThat(told(
                        FindTagForBuildStep.class,
                        Map.of("image", image(), "credentialsId", "robot", "pattern", "", "regex", regex)))
                .contains("5 tags, 2 match [0-9]+[.]47[.]");
    }

    @Test
    void goesByThePatternAndTheCredentialsThatBuildsWouldGoBy() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        RegistryConfiguration place = configuration.getRegistries().get(0);
        configuration.setDefaultPattern("{year}.47.{build}");
        place.setCredentialsId("robot");
        try {
            assertThat(told(FindTagForBuildStep.class, Map.of("image", image(), "pattern", "")))
                    .contains("as robot: 5 tags, 2 match {year}.47.{build}");
            assertThat(told(ImageTagsStep.class, Map.of("image", image()))).endsWith("as robot: 5 tags");
        } finally {
            configuration.setDefaultPattern(null);
            place.setCredentialsId(null);
        }
    }

    @Test
    void tellsWhatIsWrongInTheUsualLine() throws Exception {
        assertThat(told(image(), "wrong"))
                .startsWith("Cannot get a token for http")
                .contains("401", "check the password or access token of &#039;robot&#039;")
                .doesNotContain("guessed");
        assertThat(told(registry.host() + "/app/none", "robot")).contains("it answered 404", "check that it exists");
        assertThat(told(image(), "gone")).contains("there are none with this id that");
        assertThat(told("Not an image", "")).isNotEmpty().doesNotContain("Reached");
        assertThat(told("", "")).isEqualTo("Enter an image name, such as technolog/serviceone.");
        assertThat(told("${IMAGE}", "")).startsWith("Build parameters have no value here");
    }

    @Test
    void usesNoCredentialsThatTheJobMayNot() throws Exception {
        assertThat(told(image(), "system")).contains("there are none with this id that team » app may use");
        assertThat(told(image(), "elsewhere")).contains("may use for this registry");
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void asksNobodyForThoseWhoMayNotConfigure() throws Exception {
        Map<String, String> fields = Map.of("image", image(), "credentialsId", "robot");
        assertThat(press("reader", job.getUrl(), FIND, fields).getStatusCode()).isEqualTo(403);
        assertThat(press("author", "", FIND, fields).getStatusCode()).isEqualTo(403);
        assertThat(registry.requests().count()).isZero();
        assertThat(press("admin", "", FIND, fields).getStatusCode()).isEqualTo(200);
        assertThat(registry.requests().count()).isPositive();
    }

    @Test
    void takesNoGet() throws Exception {
        WebResponse answer = client("author")
                .goTo(job.getUrl() + "descriptorByName/" + FIND + "/testImage?image=" + image(), null)
                .getWebResponse();
        assertThat(answer.getStatusCode()).isEqualTo(405);
        assertThat(registry.requests().count()).isZero();
    }

    @Test
    void asksAllowedHostsOnly() throws Exception {
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("registry.example.com"));
        try {
            assertThat(told(image(), "robot")).contains("is not among the allowed registry hosts");
            assertThat(registry.requests().count()).isZero();
        } finally {
            DockerPromotionConfiguration.get().setAllowedHosts(List.of());
        }
    }

    @Test
    void tellsWhyARegistryCannotBeReached() throws Exception {
        String image = image();
        registry.close();
        assertThat(told(image, "robot")).contains("the connection was refused");
    }

    @Test
    void waitsForNobodyForLong() throws Exception {
        registry.onRequest(r -> true, Fault.hang().always());
        assertThat(told(image(), "robot")).startsWith("Cannot ");
    }
}
