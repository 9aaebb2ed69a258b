package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static io.jenkins.plugins.dockerpromotion.history.Samples.unchanged;
import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.StringParameterDefinition;
import hudson.model.TaskListener;
import hudson.model.User;
import hudson.security.AuthorizationStrategy;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.Page;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;

@WithController
class HistoryPagesTest {

    private static JenkinsRule jenkins;
    private FreeStyleProject project;

    @BeforeAll
    static void prepare(JenkinsRule rule) {
        jenkins = rule;
        User.getById("ada", true).setFullName("Ada <Lovelace>");
    }

    @BeforeEach
    void createProject() throws Exception {
        project = jenkins.createFreeStyleProject();
    }

    @AfterEach
    void forget() throws Exception {
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        project.delete();
    }

    private FreeStyleBuild build() throws Exception {
        return jenkins.assertBuildStatusSuccess(project.scheduleBuild2(0, new Cause.UserIdCause("ada")));
    }

    /**
     * JavaScript is off: only forms need it, for the crumb. {@link ContentSecurityPolicyIT} covers the scripts of the
     * pages.
     */
    private static JenkinsRule.WebClient browser() {
        return jenkins.createWebClient().withJavaScriptEnabled(false);
    }

    private HtmlPage historyPage(String query) throws Exception {
        return browser().goTo(project.getUrl() + "docker-promotions/" + query);
    }

    private String download(String path) throws Exception {
        return browser().goTo(path, null).getWebResponse().getContentAsString();
    }

    private static List<String> rows(HtmlPage page) {
        return page.querySelectorAll(".docker-promotions__table > tbody > tr").stream()
                .map(DomNode::asNormalizedText)
                .toList();
    }

    @Test
    void theBuildsPageShowsAllItsPromotions() throws Exception {
        FreeStyleBuild build = build();
        Samples.record(build, Samples.receipt("1.0", created("1.0-rc"), moved("latest", "0.9")));
        Samples.record(build, Samples.receipt(Samples.IMAGE, "1.1", true, unchanged("latest", "1.1")));

        HtmlPage page = browser().getPage(build);
        DomElement summary = page.getElementById("docker-promotions");

        assertThat(summary.asNormalizedText())
                .contains(
                        "technolog/serviceone:1.0",
                        "technolog/serviceone:1.1",
                        Samples.digest("1.0"),
                        "1.0-rc new",
                        "latest was " + Samples.digest("0.9").substring(0, 19),
                        "Ada <Lovelace>",
                        "promoted",
                        "dry run");
        assertThat(page.getAnchorByText("1.0-rc").getHrefAttribute())
                .isEqualTo("https://hub.docker.com/r/technolog/serviceone/tags?name=1.0-rc");
        assertThat(page.getAnchorByText("Docker Promotions").click().getUrl().toString())
                .endsWith(project.getUrl() + "docker-promotions/");
    }

    @Test
    void listsOfBuildsHaveABadge() throws Exception {
        FreeStyleBuild build = build();
        assertThat(build.getBadgeActions()).noneMatch(BuildPromotions.class::isInstance);

        Samples.record(build, Samples.receipt("1.0", created("1.0-rc"), created("latest")));
        PromotionStore.add(build, Samples.failed("1.1", "1.0", false));

        assertThat(build.getAction(BuildPromotions.class).getTooltip())
                .isEqualTo("technolog/serviceone:1.0 → 1.0-rc, latest\ntechnolog/serviceone:1.1 → latest (failed)");
        assertThat(download(project.getUrl() + "buildHistory/ajax"))
                .contains("technolog/serviceone:1.0 → 1.0-rc, latest");
    }

    @Test
    void theJobsPageShowsWhatStandsWhereTheWayThereAndAllPromotions() throws Exception {
        Samples.record(build(), Samples.receipt("1.0", created("1.0-rc"), created("latest"), created("production")));
        Samples.record(build(), Samples.receipt("1.1", created("1.1-rc"), moved("latest", "1.0")));
        PromotionStore.add(build(), Samples.failed("1.2", "1.1", false));

        HtmlPage page = historyPage("");

        assertThat(page.querySelectorAll("table").get(0).asNormalizedText())
                .containsSubsequence("1.1-rc", "1.1", "#2", "latest", "1.1", "#2", "production", "1.0", "#1");
        assertThat(page.querySelectorAll("svg.docker-promotions__bar")).hasSize(5);
        assertThat(page.querySelectorAll("svg[role=img]").get(0).getVisibleText())
                .contains("{tag}-rc", "production");
        assertThat(rows(page)).hasSize(3);
        assertThat(rows(page).get(0)).contains("1.2", "put back or not", "failed", "#3");
        assertThat(rows(page).get(2)).contains("1.0", "1.0-rc new", "promoted", "Ada <Lovelace>", "#1");
        assertThat(page.querySelectorAll("th:not([scope])")).isEmpty();
    }

    @Test
    void theTableIsFilteredSortedAndPagedByItsAddress() throws Exception {
        FreeStyleBuild build = build();
        for (int i = 1; i <= 60; i++) {
            PromotionStore.add(build, Samples.at(i, Samples.promotion("1." + i, created("latest"))));
        }
        PromotionStore.add(build, Samples.at(61, Samples.failed("2.0", "1.60", true)));

        assertThat(rows(historyPage(""))).hasSize(50);
        assertThat(rows(historyPage("?page=2"))).hasSize(11);
        assertThat(rows(historyPage("?page=99"))).hasSize(11);
        assertThat(rows(historyPage("?sort=version&order=asc")).get(1)).contains("1.2");
        assertThat(rows(historyPage("?sort=version&order=asc")).get(9)).contains("1.10");
        assertThat(rows(historyPage("?outcome=failed")))
                .singleElement()
                .asString()
                .contains("2.0");
        assertThat(rows(historyPage("?q=" + Samples.digest("1.7").substring(0, 20))))
                .singleElement()
                .asString()
                .contains("1.7");
        assertThat(historyPage("?q=nowhere").asNormalizedText()).contains("No promotion matches.");
        assertThat(rows(historyPage("?page=-1&sort=x&order=x&outcome=x"))).hasSize(50);
        assertThat(historyPage("?sort=by&order=asc")
                        .querySelectorAll("th[aria-sort=ascending]")
                        .get(0)
                        .asNormalizedText())
                .contains("Started by");
        HtmlPage second = historyPage("?q=LATEST").getAnchorByText("2").click();
        assertThat(rows(second)).hasSize(11);
    }

    @Test
    void whatARegistryOrAnAddressSaysIsNeverMarkup() throws Exception {
        String evil = "<img src=x onerror=alert(1)>";
        FreeStyleBuild build = build();
        PromotionStore.add(
                build,
                Promotion.failed(
                        Samples.origin(Promotion.StartedBy.of(build)),
                        new UndoneReceipt(
                                Samples.receipt("1.0" + evil, created("latest" + evil)),
                                List.of(new UndoneReceipt.Outcome("latest" + evil, true, evil))),
                        evil));

        for (HtmlPage page : List.of(
                browser().getPage(build),
                historyPage("?q=onerror"),
                browser().goTo("docker-promotions/"),
                browser().goTo("docker-promotions/image/?name=" + Samples.IMAGE))) {
            assertThat(page.getWebResponse().getContentAsString()).doesNotContain("<img src=x");
            assertThat(page.asNormalizedText()).contains(evil);
        }
        assertThat(historyPage("?q=%22%3E" + URLEncoder.encode(evil, StandardCharsets.UTF_8))
                        .getWebResponse()
                        .getContentAsString())
                .doesNotContain("<img src=x");
    }

    @Test
    void csvHasALineForEachTargetAndNoFormulas() throws Exception {
        User.getById("eve", true).setFullName("=cmd|' /C calc'!A0, \"x\"");
        FreeStyleBuild build =
                jenkins.assertBuildStatusSuccess(project.scheduleBuild2(0, new Cause.UserIdCause("eve")));
        PromotionStore.add(
                build,
                Samples.at(
                        1_700_000_000_000L,
                        Promotion.of(
                                Samples.rollback(Promotion.StartedBy.of(build), "+1 too slow"),
                                Samples.receipt("1.0", created("latest"), moved("-x", "0.9")))));

        String csv = download(project.getUrl() + "docker-promotions/promotions.csv");

        assertThat(csv.split("\r\n"))
                .hasSize(3)
                .contains("2023-11-14T22:13:20Z," + project.getName() + ",1,eve,\"'=cmd|' /C calc'!A0, \"\"x\"\"\","
                        + "technolog/serviceone:1.0," + Samples.digest("1.0")
                        + ",ROLLED_BACK,technolog/serviceone,'-x," + Samples.digest("0.9")
                        + ",true,,'+1 too slow,,");
        assertThat(download(project.getUrl() + "docker-promotions/promotions.csv?q=nothing")
                        .split("\r\n"))
                .hasSize(1);
    }

    @Test
    void jsonAndTheRestApiSayTheSame() throws Exception {
        FreeStyleBuild build = build();
        Samples.record(build, Samples.receipt("1.0", created("latest"), created("production")));
        Samples.record(build, Samples.receipt("1.1", moved("latest", "1.0")));

        JSONObject file = JSONObject.fromObject(download(project.getUrl() + "docker-promotions/promotions.json"));
        JSONObject api = JSONObject.fromObject(download(project.getUrl() + "docker-promotions/api/json"));
        JSONObject ofBuild =
                JSONObject.fromObject(download(build.getUrl() + "api/json?tree=actions[promotions[*,targets[*]]]"));

        assertThat(api.getString("promotions")).isEqualTo(file.getString("promotions"));
        JSONObject newest = api.getJSONArray("promotions").getJSONObject(0);
        assertThat(newest.getInt("build")).isEqualTo(1);
        assertThat(newest.getString("url")).isEqualTo(jenkins.getURL() + build.getUrl());
        JSONObject promotion = newest.getJSONObject("promotion");
        assertThat(promotion.getString("source")).isEqualTo("technolog/serviceone:1.1");
        assertThat(promotion.getString("outcome")).isEqualTo("PROMOTED");
        assertThat(promotion.getJSONObject("startedBy").getString("userId")).isEqualTo("ada");
        assertThat(promotion.getJSONArray("targets").getJSONObject(0).getString("previousDigest"))
                .isEqualTo(Samples.digest("1.0"));
        assertThat(api.getJSONArray("current").getJSONObject(0).getString("version"))
                .isEqualTo("1.1");
        assertThat(ofBuild.toString()).contains("\"source\":\"technolog/serviceone:1.0\"", "\"tag\":\"production\"");
        assertThat(download(project.getUrl() + "docker-promotions/api/json?tree=allPromotions[build]{1,2}"))
                .contains("\"allPromotions\":[{");
        assertThat(download(project.getUrl() + "api/json")).doesNotContain("technolog");
    }

    @Test
    void imagesAreShownOverAllJobsThatTheReaderMaySee() throws Exception {
        FreeStyleProject hidden = jenkins.createFreeStyleProject("hidden");
        Samples.record(build(), Samples.receipt("1.0", created("latest")));
        FreeStyleBuild secret = jenkins.buildAndAssertSuccess(hidden);
        Samples.record(secret, Samples.receipt("2.0", moved("latest", "1.0")));
        Samples.record(secret, Samples.receipt("technolog/secret", "3.0", false, created("latest")));
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("reader", "boss", "stranger")
                .grant(Item.READ)
                .onItems(project)
                .to("reader")
                .grant(Item.READ)
                .everywhere()
                .to("boss"));

        JenkinsRule.WebClient boss = browser().login("boss");
        assertThat(boss.goTo("docker-promotions/").asNormalizedText())
                .contains("technolog/serviceone", "technolog/secret", "hidden #1");
        assertThat(rows(boss.goTo("docker-promotions/image/?name=technolog/serviceone")))
                .hasSize(2);

        JenkinsRule.WebClient reader =
                browser().withThrowExceptionOnFailingStatusCode(false).login("reader");
        String images = reader.goTo("docker-promotions/").asNormalizedText();
        assertThat(images).contains("technolog/serviceone").doesNotContain("secret", "hidden");
        assertThat(rows(reader.goTo("docker-promotions/image/?name=technolog/serviceone")))
                .singleElement()
                .asString()
                .contains("1.0");
        assertThat(status(reader, "docker-promotions/image/?name=technolog/secret"))
                .isEqualTo(404);
        assertThat(status(reader, "docker-promotions/image/")).isEqualTo(404);
        assertThat(status(reader, "job/hidden/docker-promotions/")).isEqualTo(404);

        JenkinsRule.WebClient stranger = browser().login("stranger");
        assertThat(stranger.goTo("docker-promotions/").asNormalizedText())
                .contains("No job that you can see has promoted an image yet.");

        hidden.delete();
    }

    private static int status(JenkinsRule.WebClient client, String path) throws Exception {
        Page page = client.goTo(path, null);
        return page.getWebResponse().getStatusCode();
    }

    /** Records the promotion of two images by one step. */
    private void train(FreeStyleBuild build) throws Exception {
        PromotionRecorder recorder = new PromotionRecorder(build, UUID.randomUUID()).inTrain(2);
        for (String image : List.of("technolog/web", "technolog/api")) {
            recorder.record(Samples.receipt(image, "5.0", false, moved("production", "4.0")), TaskListener.NULL);
        }
    }

    @Test
    void aTrainIsOneEntryAndEachImageShowsItsPart() throws Exception {
        FreeStyleBuild build = build();
        train(build);

        assertThat(rows(historyPage("")))
                .singleElement()
                .asString()
                .contains("2 images promoted together", "technolog/web:5.0", "technolog/api:5.0", "production");
        assertThat(historyPage("").asNormalizedText()).contains("1 to 1 of 1");
        assertThat(browser().getPage(build).getElementById("docker-promotions").asNormalizedText())
                .containsOnlyOnce("2 images promoted together")
                .contains("technolog/web:5.0", "technolog/api:5.0");
        HtmlPage part = browser().goTo("docker-promotions/image/?name=technolog/web");
        assertThat(rows(part))
                .singleElement()
                .asString()
                .contains("One of 2 images promoted together", "technolog/web:5.0")
                .doesNotContain("technolog/api");
        JSONObject rest = JSONObject.fromObject(download(project.getUrl() + "docker-promotions/api/json"));
        assertThat(rest.getJSONArray("promotions").size()).isEqualTo(2);
        JSONObject train = rest.getJSONArray("promotions")
                .getJSONObject(0)
                .getJSONObject("promotion")
                .getJSONObject("train");
        assertThat(train.getInt("images")).isEqualTo(2);

        assertThat(PromotionHistory.train(train.getString("id")))
                .extracting(TargetHistory.Placement::image)
                .containsExactlyInAnyOrder("technolog/web", "technolog/api");
        for (String name : List.of(project.getName() + " #1", project.getName() + "#1", build.getAbsoluteUrl())) {
            assertThat(PromotionHistory.train(name)).as(name).hasSize(2);
        }
        assertThat(PromotionHistory.train(project.getName() + "#2")).isEmpty();
    }

    @Test
    void aRollBackIsShownAsWhatItIsWithItsReason() throws Exception {
        FreeStyleBuild build = build();
        Samples.record(build, Samples.receipt("1.0", created("production")));
        Samples.record(build, Samples.receipt("2.0", moved("production", "1.0")));
        FreeStyleProject other = jenkins.createFreeStyleProject("way-back");
        FreeStyleBuild back = jenkins.assertBuildStatusSuccess(other.scheduleBuild2(0, new Cause.UserIdCause("ada")));
        new PromotionRecorder(back, UUID.randomUUID())
                .asRollback("2.0 loses <orders>")
                .record(
                        new PromotionReceipt(
                                Samples.IMAGE + "@" + Samples.digest("1.0"),
                                Samples.IMAGE,
                                Samples.digest("1.0"),
                                "",
                                List.of(),
                                List.of(moved("production", "2.0")),
                                false),
                        TaskListener.NULL);

        HtmlPage page = browser().goTo("docker-promotions/image/?name=" + Samples.IMAGE);

        assertThat(rows(page).get(0)).contains("rolled back", "2.0 loses <orders>", "1.0", "way-back #1");
        assertThat(page.querySelector("svg[role=img]").getTextContent())
                .contains("↩", "rolled back: 2.0 loses <orders>");
        assertThat(rows(browser().goTo("docker-promotions/image/?outcome=rolled-back&name=" + Samples.IMAGE)))
                .hasSize(1);
        assertThat(browser().getPage(back).asNormalizedText())
                .contains(Samples.IMAGE + ":1.0", "Reason: 2.0 loses <orders>");
        assertThat(rows(browser().goTo(other.getUrl() + "docker-promotions/")))
                .as("a job that only rolls back")
                .singleElement()
                .asString()
                .contains("1.0");
        ImageName image = ImageName.parse(Samples.IMAGE);
        assertThat(PromotionHistory.of(image, new Tag("production")))
                .extracting(move -> move.asMap().get("version") + " "
                        + move.asMap().get("rollback") + " " + move.asMap().get("startedBy"))
                .containsExactly("1.0 true Ada <Lovelace>", "2.0 false Ada <Lovelace>", "1.0 false Ada <Lovelace>");
        assertThat(PromotionHistory.lastPromotion(image, new Tag("production")))
                .map(TargetHistory.Placement::previousDigest)
                .contains(Samples.digest("1.0"));
        other.delete();
    }

    @Test
    void howAnImageWasVerifiedIsShown() throws Exception {
        FreeStyleBuild build = build();
        PromotionReceipt receipt = Samples.receipt("1.0", created("production"));
        new PromotionRecorder(build, UUID.randomUUID())
                .record(
                        new PromotionReceipt(
                                receipt.source(),
                                receipt.image(),
                                receipt.digest(),
                                receipt.mediaType(),
                                receipt.platforms(),
                                receipt.targets(),
                                false,
                                "signed by key SHA256:abc",
                                0),
                        TaskListener.NULL);

        assertThat(historyPage("").asNormalizedText()).contains("Verified: signed by key SHA256:abc");
        assertThat(browser().getPage(build).asNormalizedText()).contains("Verified: signed by key SHA256:abc");
        assertThat(download(project.getUrl() + "docker-promotions/api/json"))
                .contains("\"verified\":\"signed by key SHA256:abc\"");
        assertThat(download(project.getUrl() + "docker-promotions/promotions.csv"))
                .contains(",signed by key SHA256:abc\r\n");
    }

    @Test
    void thePageOfARollBackShowsWhatWouldHappenAndStartsTheJobOfTheAdministrator() throws Exception {
        FreeStyleBuild build = build();
        Samples.record(build, Samples.receipt("1.0", created("production")));
        Samples.record(build, Samples.receipt("2.0", moved("production", "1.0")));
        FreeStyleProject job = jenkins.createFreeStyleProject("back");
        DockerPromotionConfiguration.get().setRollbackJob("back");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        MockAuthorizationStrategy rights = new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader", "boss")
                .grant(Item.BUILD)
                .onItems(job)
                .to("boss");
        jenkins.jenkins.setAuthorizationStrategy(rights);

        HtmlPage reader = browser()
                .login("reader")
                .goTo(project.getUrl() + "docker-promotions/")
                .getAnchorByText("Roll back…")
                .click();
        assertThat(reader.asNormalizedText())
                .contains(
                        "production",
                        "2.0 " + Samples.digest("2.0"),
                        "1.0 " + Samples.digest("1.0"),
                        "Ada <Lovelace>",
                        "rollbackImage(image: 'technolog/serviceone', tag: 'production', to: '" + Samples.digest("1.0")
                                + "', reason: '')");
        assertThat((Object) reader.querySelector("form[name=rollback]")).isNull();

        JenkinsRule.WebClient boss = jenkins.createWebClient().withThrowExceptionOnFailingStatusCode(false);
        boss.login("boss");
        String address = project.getUrl() + "docker-promotions/rollback/?image=" + Samples.IMAGE + "&tag=production";
        HtmlPage refused = jenkins.submit(boss.goTo(address).getFormByName("rollback"));
        assertThat(refused.asNormalizedText()).contains("The job back has no text parameter");
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("IMAGE"),
                new StringParameterDefinition("TAG"),
                new StringParameterDefinition("TO"),
                new StringParameterDefinition("REASON")));
        HtmlForm form = boss.goTo(address).getFormByName("rollback");
        form.getInputByName("reason").setValue("Payments fail");
        HtmlPage started = jenkins.submit(form);
        assertThat(started.getUrl().getPath()).endsWith(job.getUrl());
        jenkins.waitUntilNoActivity();
        FreeStyleBuild rollback = job.getLastBuild();
        assertThat(rollback.getCause(Cause.UserIdCause.class).getUserId()).isEqualTo("boss");
        assertThat(rollback.getEnvironment(TaskListener.NULL))
                .containsEntry("IMAGE", Samples.IMAGE)
                .containsEntry("TAG", "production")
                .containsEntry("TO", Samples.digest("1.0"))
                .containsEntry("REASON", "Payments fail");

        assertThat(status(boss, address.replace("production", "nowhere"))).isEqualTo(404);
        assertThat(status(boss, address.replace("rollback/", "rollback/start"))).isEqualTo(405);
        job.delete();
        DockerPromotionConfiguration.get().setRollbackJob(null);
    }

    @Test
    void aCheckMarksTagsThatWereMovedElsewhereOrDeleted() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.builder().start()) {
            String image = registry.host() + "/group/app";
            TestImage same = TestImage.oci(1);
            registry.push("group/app", "same", same);
            registry.push("group/app", "moved", TestImage.oci(2));
            FreeStyleBuild build = build();
            for (String tag : List.of("same", "moved", "deleted")) {
                Samples.record(
                        build,
                        new PromotionReceipt(
                                image + ":1.0", image, same.digest(), "", List.of(), List.of(created(tag)), false));
            }
            assertThat((Object) historyPage("").querySelector("form[name=check]"))
                    .isNull();
            SystemCredentialsProvider.getInstance()
                    .getCredentials()
                    .add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "check", "", "ci", "secret"));
            RegistryConfiguration place =
                    new RegistryConfiguration(registry.host(), registry.uri().toString());
            place.setCredentialsId("check");
            DockerPromotionConfiguration.get().setRegistries(List.of(place));

            HtmlPage checked = jenkins.submit(jenkins.createWebClient()
                    .goTo(project.getUrl() + "docker-promotions/")
                    .getFormByName("check"));

            assertThat(checked.asNormalizedText()).doesNotContain("Could not check");
            assertThat(checked.querySelectorAll("table").get(0).asNormalizedText())
                    .containsPattern("(?s)deleted.*deleted from the registry")
                    .contains("points to " + TestImage.oci(2).digest().substring(0, 19) + " in the registry")
                    .containsPattern("(?s)same.*in the registry");
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.READ, Item.READ)
                    .everywhere()
                    .to("reader"));
            JenkinsRule.WebClient reader = browser().withThrowExceptionOnFailingStatusCode(false);
            reader.login("reader");
            assertThat((Object)
                            reader.goTo(project.getUrl() + "docker-promotions/").querySelector("form[name=check]"))
                    .isNull();
            WebRequest post = new WebRequest(
                    reader.createCrumbedUrl(project.getUrl() + "docker-promotions/check"), HttpMethod.POST);
            assertThat(reader.getPage(post).getWebResponse().getStatusCode()).isEqualTo(403);
            assertThat(status(reader, project.getUrl() + "docker-promotions/check"))
                    .isEqualTo(405);
        } finally {
            DockerPromotionConfiguration.get().setRegistries(List.of());
        }
    }
}
