package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.UserCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import hudson.ExtensionList;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.ModelObject;
import hudson.model.TaskListener;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.history.PromotionRecorder;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.testing.ImageSigner;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.webhook.Webhooks;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.WebMethod;
import org.kohsuke.stapler.interceptor.RequirePOST;
import org.kohsuke.stapler.verb.POST;

/** Tests access control: builds use only the credentials that they may use, and users see only what they may read. */
@WithController
class PermissionsTest {

    /** Part of every name and text that only some users may see. */
    private static final String HIDDEN = "hidden-from-readers";

    private static final String OWN = "credentials-of-the-folder";

    private static JenkinsRule jenkins;
    private static InMemoryRegistry registry;
    private static InMemoryDockerHub hub;
    private static Folder folder;
    private static WorkflowJob visible;
    private static WorkflowJob hidden;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        jenkins.jenkins.setQuietPeriod(0);
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        Pipelines.prepare(rule);
        hub = Pipelines.dockerHub();
        registry = Pipelines.registry();
        List<RegistryConfiguration> places =
                new ArrayList<>(DockerPromotionConfiguration.get().getRegistries());
        places.add(new RegistryConfiguration(HIDDEN + ".example.com", "https://" + HIDDEN + ".example.com"));
        DockerPromotionConfiguration.get().setRegistries(places);
        folder = jenkins.jenkins.createProject(Folder.class, "folder");
        visible = folder.createProject(WorkflowJob.class, "visible");
        Folder other = jenkins.jenkins.createProject(Folder.class, HIDDEN);
        hidden = other.createProject(WorkflowJob.class, HIDDEN);
        addCredentials(folder, OWN, CredentialsScope.GLOBAL);
        addCredentials(other, HIDDEN + "-other", CredentialsScope.GLOBAL);
        Setup.addCredentials(credentials(HIDDEN + "-system", CredentialsScope.SYSTEM));
        try (ACLContext ignored = ACL.as2(User.getById("alice", true).impersonate2())) {
            store(User.getById("alice", true), UserCredentialsProvider.class)
                    .addCredentials(Domain.global(), credentials(HIDDEN + "-users", CredentialsScope.USER));
        }
        promotion(visible, "technolog/shown", "technolog/shared");
        promotion(hidden, "technolog/" + HIDDEN, "technolog/shared");
        Webhooks.deliver(jenkins, "technolog/" + HIDDEN, HIDDEN, "https://example.com/" + HIDDEN);
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader")
                .grant(Item.READ)
                .onItems(folder, visible)
                .to("reader")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
    }

    @AfterAll
    static void close() {
        registry.close();
        hub.close();
    }

    private static Credentials credentials(String id, CredentialsScope scope) throws Exception {
        return new UsernamePasswordCredentialsImpl(scope, id, "described " + id, "ci", Pipelines.PASSWORD);
    }

    private static void addCredentials(ItemGroup<?> group, String id, CredentialsScope scope) throws Exception {
        store(group, FolderCredentialsProvider.class).addCredentials(Domain.global(), credentials(id, scope));
    }

    private static CredentialsStore store(ModelObject place, Class<? extends CredentialsProvider> kind) {
        return ExtensionList.lookupSingleton(kind).getStore(place);
    }

    private static void promotion(WorkflowJob job, String... images) throws Exception {
        job.setDefinition(new CpsFlowDefinition("", true));
        WorkflowRun run = jenkins.buildAndAssertSuccess(job);
        for (String image : images) {
            String digest = Digest.sha256((image + job).getBytes(StandardCharsets.UTF_8))
                    .toString();
            new PromotionRecorder(run, UUID.randomUUID())
                    .record(
                            new PromotionReceipt(
                                    image + ":" + job.getName(),
                                    image,
                                    digest,
                                    "",
                                    List.of(),
                                    List.of(new PromotionReceipt.Target(job.getName() + "-rc", "", true)),
                                    false),
                            TaskListener.NULL);
        }
    }

    // ---- Builds

    /** Returns the calls in which each step uses credentials, by step and parameter. */
    private static Map<String, String> uses() {
        String table = """
                dockerHubToken.credentialsId | dockerHubToken('ID')
                dockerHubDescription.credentialsId | dockerHubDescription(image: 'a/b', description: 'x', credentialsId: 'ID')
                registryToken.credentialsId | registryToken(IMAGE, credentialsId: 'ID')
                findTagForBuild.credentialsId | findTagForBuild(IMAGE, build: 1, credentialsId: 'ID')
                imageTags.credentialsId | imageTags(IMAGE, credentialsId: 'ID')
                imageInfo.credentialsId | imageInfo(IMAGE, tag: '1', credentialsId: 'ID')
                imageVersion.credentialsId | imageVersion(IMAGE, bump: true, credentialsId: 'ID')
                promoteImage.credentialsId | promoteImage(IMAGE, tag: '1', credentialsId: 'ID')
                promoteImage.toCredentialsId | promoteImage(IMAGE, tag: '1', toCredentialsId: 'ID')
                promoteImages.credentialsId | promoteImages(images: [[IMAGE, tag: '1']], credentialsId: 'ID')
                rollbackImage.credentialsId \
                    | rollbackImage(image: 'technolog/shown', tag: 'visible-rc', to: 'visible', credentialsId: 'ID')
                verifyImage.credentialsId | verifyImage(IMAGE, tag: '1', publicKeys: ['KEY'], credentialsId: 'ID')
                deleteImageTag.credentialsId | deleteImageTag(IMAGE, tag: '1', credentialsId: 'ID')
                pruneImageTags.credentialsId | pruneImageTags(IMAGE, keep: 1, credentialsId: 'ID')
                isolatedDockerConfig.credentialsId | isolatedDockerConfig(credentialsId: 'ID') { }
                isolatedDockerConfig.registries \
                    | isolatedDockerConfig(registries: [[url: 'a.example.com', credentialsId: 'ID']]) { }
                """.replace("IMAGE", "image: '" + registry.host() + "/group/app'")
                .replace("KEY", ImageSigner.create().publicKey().replace("\n", "\\n"));
        return table.lines()
                .map(line -> line.split(" +[|] "))
                .collect(Collectors.toMap(column -> column[0], column -> column[1]));
    }

    @Test
    void everyStepThatTakesCredentialsIsTried() {
        assertThat(StepDescriptor.all().stream()
                        .filter(FormsTest::isOfUsers)
                        .flatMap(step -> DescribableModel.of(step.clazz).getParameters().stream()
                                .map(parameter -> step.getFunctionName() + "." + parameter.getName())))
                .filteredOn(name -> name.matches("(?i).*(credential|registries).*"))
                .containsExactlyInAnyOrderElementsOf(uses().keySet());
    }

    private static WorkflowRun use(String id) throws Exception {
        String body = uses().entrySet().stream()
                .map(use -> "try { " + use.getValue().replace("ID", id) + "\necho '" + use.getKey()
                        + " ended' } catch (e) {" + " echo \"" + use.getKey() + ": ${e.message}\" }")
                .collect(Collectors.joining("\n"));
        visible.setDefinition(new CpsFlowDefinition("node('agent') {\n" + body + "\n}", true));
        return jenkins.assertBuildStatusSuccess(
                visible.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause("alice"))));
    }

    @Test
    void credentialsOfOthersAreNotUsedByAnyStep() throws Exception {
        for (String id : List.of("other", "system", "users")) {
            int before = registry.requests().count() + hub.requests().count();
            String log = JenkinsRule.getLog(use(HIDDEN + "-" + id));
            for (String use : uses().keySet()) {
                assertThat(log)
                        .as(id)
                        .contains(use + ": Cannot use the credentials '" + HIDDEN + "-" + id + "' for ")
                        .doesNotContain(use + " ended");
            }
            assertThat(registry.requests().count() + hub.requests().count()).isEqualTo(before);
        }
        // The credentials of the job's folder work, so the checks above are meaningful.
        assertThat(JenkinsRule.getLog(use(OWN))).doesNotContain("Cannot use the credentials");
        assertThat(registry.requests().all(RecordedRequest.matching("/token")))
                .anyMatch(r -> r.authorizationScheme().equals(Optional.of("Basic")));
        assertThat(hub.requests().count()).isPositive();
    }

    // ---- Forms

    private record Helper(Descriptor<?> form, Method method) {
        String address() {
            String name = method.getName().substring("do".length());
            return "descriptorByName/" + form.getId() + "/" + Character.toLowerCase(name.charAt(0)) + name.substring(1);
        }

        /** Returns the values to try: the ids of all kinds of credentials for methods about credentials. */
        List<String> probes() {
            return method.getName().contains("Credentials")
                    ? List.of(HIDDEN + "-other", HIDDEN + "-system", HIDDEN + "-users", OWN, "absent")
                    : List.of(OWN, "absent");
        }

        /** Whether only administrators may call it. Other methods need the permission to configure the job. */
        boolean isForAdministrators() {
            return form instanceof GlobalConfiguration
                    || form.clazz.getPackage().equals(RegistryConfiguration.class.getPackage())
                    || method.getName().equals("doTestImage");
        }
    }

    private static List<Helper> helpers() {
        return jenkins.jenkins.getExtensionList(Descriptor.class).stream()
                .map(d -> (Descriptor<?>) d)
                .filter(FormsTest::isOfUsers)
                .flatMap(form -> Arrays.stream(form.getClass().getMethods())
                        .filter(m -> m.getName().matches("do[A-Z].*"))
                        .filter(m -> m.getDeclaringClass().getName().startsWith("io.jenkins.plugins.dockerpromotion"))
                        .filter(m -> !m.isBridge() && !Modifier.isStatic(m.getModifiers()))
                        .map(m -> new Helper(form, m)))
                .toList();
    }

    private static WebResponse call(JenkinsRule.WebClient client, HttpMethod method, String address, String value)
            throws Exception {
        WebRequest request = new WebRequest(new URL(client.getContextPath() + address), method);
        request.setRequestParameters(Stream.of("value", "credentialsId", "toCredentialsId", "newTokenName")
                .map(name -> new NameValuePair(name, value))
                .collect(Collectors.toCollection(ArrayList::new)));
        for (String name : List.of("image", "images", "toImage", "registry", "url", "host", "address")) {
            request.getRequestParameters().add(new NameValuePair(name, name.contains("mage") ? "a/b" : "example.com"));
        }
        if (method == HttpMethod.POST) {
            client.addCrumb(request);
        }
        return client.loadWebResponse(request);
    }

    /** Loads a page without parsing it, which takes a tenth of the time. */
    private static WebResponse get(JenkinsRule.WebClient client, String page) throws Exception {
        return client.loadWebResponse(new WebRequest(new URL(client.getContextPath() + page)));
    }

    private static JenkinsRule.WebClient client(String user) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        client.getOptions().setJavaScriptEnabled(false);
        return user.isEmpty() ? client : client.login(user);
    }

    @Test
    void formHelpersNeedPostAndTellReadersNothing() throws Exception {
        assertThat(helpers()).hasSizeGreaterThan(50);
        JenkinsRule.WebClient reader = client("reader");
        JenkinsRule.WebClient anonymous = client("");
        for (Helper helper : helpers()) {
            assertThat(helper.method.isAnnotationPresent(RequirePOST.class)
                            || helper.method.isAnnotationPresent(POST.class))
                    .as(helper.method + " needs POST")
                    .isTrue();
            assertThat(call(reader, HttpMethod.GET, helper.address(), "x").getStatusCode())
                    .as("GET " + helper.address())
                    .isEqualTo(405);
            assertThat(call(anonymous, HttpMethod.POST, helper.address(), "x").getStatusCode())
                    .as("anonymous " + helper.address())
                    .isEqualTo(403);
            for (String address : List.of(helper.address(), visible.getUrl() + helper.address())) {
                List<String> answers = new ArrayList<>();
                for (String probe : helper.probes()) {
                    WebResponse answer = call(reader, HttpMethod.POST, address, probe);
                    assertThat(answer.getStatusCode()).as(address).isEqualTo(helper.isForAdministrators() ? 403 : 200);
                    answers.add(
                            answer.getContentAsString().replace(probe, "PROBE").replaceAll("[a-f0-9]{32,}", "ID"));
                }
                // The response must be the same for an existing and for a missing id.
                assertThat(answers.stream().distinct().count()).as(address).isEqualTo(1);
                assertThat(answers.get(0)).as(address).doesNotContain(HIDDEN, OWN, "described");
            }
        }
    }

    @Test
    void formHelpersTellAdministratorsWhatTheyAskFor() throws Exception {
        JenkinsRule.WebClient admin = client("admin");
        List<String> told = new ArrayList<>();
        for (Helper helper : helpers()) {
            WebResponse answer = call(admin, HttpMethod.POST, visible.getUrl() + helper.address(), "absent");
            assertThat(answer.getStatusCode()).as(helper.address()).isEqualTo(200);
            if (answer.getContentAsString().contains("described " + OWN)) {
                told.add(helper.form.clazz.getSimpleName() + "." + helper.method.getName());
            }
        }
        assertThat(told).hasSize((int) helpers().stream()
                .filter(h -> h.method.getName().matches("doFill.*CredentialsIdItems"))
                // The credentials of a registry configuration are system credentials, not those of a job.
                .filter(h -> h.form.clazz != RegistryConfiguration.class)
                .count());
    }

    // ---- Pages

    @Test
    void theWebMethodsOfThisPluginAreKnownHere() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(location -> !location.contains("/test-classes/"))
                .importPackages("io.jenkins.plugins.dockerpromotion");
        Set<String> methods = classes.stream()
                .filter(c -> !c.isAssignableTo(Descriptor.class))
                .flatMap(c -> c.getMethods().stream())
                .filter(m -> m.getName().matches("do[A-Z].*|js[A-Z].*") || m.isAnnotatedWith(WebMethod.class))
                .filter(m -> m.getModifiers().contains(JavaModifier.PUBLIC))
                .map(m -> m.getOwner().getSimpleName() + "." + m.getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(methods)
                .as("web methods, each of which pagesShowReadersWhatIsTheirs or a test of its own has to try")
                .containsExactly(
                        "ApprovalMonitor.doDecide",
                        "ApprovalMonitor.doRevoke",
                        "DeliveriesPage.doReplay",
                        "HistoryPage.doCheck",
                        "HistoryPage.doCsv",
                        "HistoryPage.doJson",
                        "Rollback.doStart",
                        "WebhookEndpoint.doDynamic",
                        "WebhookEndpoint.doIndex");
    }

    private static List<String> historyPages() {
        List<String> pages = new ArrayList<>();
        for (String page : List.of(
                "docker-promotions/",
                "docker-promotions/image/",
                visible.getUrl() + "docker-promotions/",
                hidden.getUrl() + "docker-promotions/")) {
            for (String part : List.of("", "promotions.csv", "promotions.json", "api/json", "api/xml", "api/python")) {
                for (String query : List.of(
                        "name=technolog/shared&depth=3",
                        "name=technolog/" + HIDDEN + "&depth=3",
                        "name=technolog/shared&q=" + HIDDEN.substring(0, 5) + "&sort=build",
                        "name=technolog/shared&tree=allPromotions[*,promotion[*,targets[*]]],images[*,last[*]]")) {
                    pages.add(page + part + "?" + query);
                }
            }
        }
        for (String item :
                List.of("", visible.getUrl(), visible.getUrl() + "1/", hidden.getUrl(), hidden.getUrl() + "1/")) {
            pages.add(item);
            pages.add(item + "api/json?depth=3");
        }
        return pages;
    }

    @Test
    void pagesShowReadersWhatIsTheirsAndNothingElse() throws Exception {
        JenkinsRule.WebClient anonymous = client("");
        JenkinsRule.WebClient reader = client("reader");
        JenkinsRule.WebClient admin = client("admin");
        int shown = 0;
        int shownToAdministrators = 0;
        for (String page : historyPages()) {
            WebResponse nothing = get(anonymous, page);
            assertThat(nothing.getStatusCode()).as(page).isEqualTo(403);
            assertThat(nothing.getContentAsString())
                    .as(page)
                    .doesNotContain("technolog/s", "visible-rc", HIDDEN + "-rc");

            WebResponse some = get(reader, page);
            // The page repeats the requested URL, also in its links.
            String text = some.getContentAsString().replace(page.replace("&", "&amp;"), "");
            assertThat(some.getStatusCode()).as(page).isIn(200, 404);
            if (!page.contains(HIDDEN)) {
                assertThat(text).as(page).doesNotContain(HIDDEN);
            }
            assertThat(text).as(page).doesNotContain(HIDDEN + "-rc");
            shown += text.contains("visible-rc") ? 1 : 0;

            WebResponse all = get(admin, page);
            shownToAdministrators += all.getContentAsString().contains(HIDDEN + "-rc") ? 1 : 0;
        }
        assertThat(shown).isGreaterThan(20);
        assertThat(shownToAdministrators).isGreaterThan(20);
    }

    @Test
    void deliveriesAreForAdministrators() throws Exception {
        for (String user : List.of("", "reader")) {
            JenkinsRule.WebClient client = client(user);
            for (String page : List.of("manage/docker-pushes/", "docker-pushes/", "manage/docker-pushes/api/json")) {
                WebResponse answer = get(client, page);
                assertThat(answer.getStatusCode()).as(user + page).isIn(403, 404);
                assertThat(answer.getContentAsString()).doesNotContain("technolog/");
            }
            for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
                assertThat(call(client, method, "manage/docker-pushes/replay?id=1", "x")
                                .getStatusCode())
                        .isIn(403, 405);
            }
        }
        assertThat(client("admin").goTo("manage/docker-pushes/").asNormalizedText())
                .contains(HIDDEN);
    }
}
