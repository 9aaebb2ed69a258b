package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static io.jenkins.plugins.dockerpromotion.history.Samples.unchanged;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.AuthorizationStrategy;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import java.net.HttpURLConnection;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.htmlunit.Page;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlPage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
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

    private HtmlPage historyPage(String query) throws Exception {
        return jenkins.createWebClient().goTo(project.getUrl() + "docker-promotions/" + query);
    }

    private String download(String path) throws Exception {
        return jenkins.createWebClient().goTo(path, null).getWebResponse().getContentAsString();
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

        HtmlPage page = jenkins.createWebClient().getPage(build);
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
        BuildPromotions.add(build, Samples.failed("1.1", "1.0", false));

        assertThat(build.getAction(BuildPromotions.class).getTooltip())
                .isEqualTo("technolog/serviceone:1.0 → 1.0-rc, latest\ntechnolog/serviceone:1.1 → latest (failed)");
        assertThat(download(project.getUrl() + "buildHistory/ajax"))
                .contains("technolog/serviceone:1.0 → 1.0-rc, latest");
    }

    @Test
    void theJobsPageShowsWhatStandsWhereTheWayThereAndAllPromotions() throws Exception {
        Samples.record(build(), Samples.receipt("1.0", created("1.0-rc"), created("latest"), created("production")));
        Samples.record(build(), Samples.receipt("1.1", created("1.1-rc"), moved("latest", "1.0")));
        BuildPromotions.add(build(), Samples.failed("1.2", "1.1", false));

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
    void onlyJobsWithPromotionsHaveThePage() throws Exception {
        FreeStyleBuild build = build();
        assertThat(project.getAction(JobHistory.class)).isNull();

        Samples.record(build, Samples.receipt("1.0", created("latest")));
        assertThat(project.getAction(JobHistory.class)).isNotNull();

        build.delete();
        assertThat(project.getAction(JobHistory.class)).isNull();
    }

    @Test
    void theTableIsFilteredSortedAndPagedByItsAddress() throws Exception {
        FreeStyleBuild build = build();
        for (int i = 1; i <= 60; i++) {
            BuildPromotions.add(build, Samples.at(i, Samples.promotion("1." + i, created("latest"))));
        }
        BuildPromotions.add(build, Samples.at(61, Samples.failed("2.0", "1.60", true)));

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
        assertThat(historyPage("?q=nowhere").asNormalizedText()).contains("No promotion is like that.");
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
        BuildPromotions.add(
                build,
                Promotion.failed(
                        UUID.randomUUID(),
                        Starter.of(build),
                        new UndoneReceipt(
                                Samples.receipt("1.0" + evil, created("latest" + evil)),
                                List.of(new UndoneReceipt.Outcome("latest" + evil, true, evil))),
                        evil));

        for (HtmlPage page : List.of(
                jenkins.createWebClient().getPage(build),
                historyPage("?q=onerror"),
                jenkins.createWebClient().goTo("docker-promotions/"),
                jenkins.createWebClient().goTo("docker-promotions/image/?name=" + Samples.IMAGE))) {
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
        BuildPromotions.add(
                build,
                Samples.at(
                        1_700_000_000_000L,
                        Promotion.of(
                                UUID.randomUUID(),
                                Starter.of(build),
                                Samples.receipt("1.0", created("latest"), moved("-x", "0.9")))));

        String csv = download(project.getUrl() + "docker-promotions/promotions.csv");

        assertThat(csv.split("\r\n"))
                .hasSize(3)
                .contains("2023-11-14T22:13:20Z," + project.getName() + ",1,eve,\"'=cmd|' /C calc'!A0, \"\"x\"\"\","
                        + "technolog/serviceone:1.0," + Samples.digest("1.0")
                        + ",PROMOTED,technolog/serviceone,'-x," + Samples.digest("0.9") + ",true,");
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

        JenkinsRule.WebClient boss = jenkins.createWebClient().login("boss");
        assertThat(boss.goTo("docker-promotions/").asNormalizedText())
                .contains("technolog/serviceone", "technolog/secret", "hidden #1");
        assertThat(rows(boss.goTo("docker-promotions/image/?name=technolog/serviceone")))
                .hasSize(2);

        JenkinsRule.WebClient reader = jenkins.createWebClient()
                .withThrowExceptionOnFailingStatusCode(false)
                .login("reader");
        String images = reader.goTo("docker-promotions/").asNormalizedText();
        assertThat(images).contains("technolog/serviceone").doesNotContain("secret", "hidden");
        assertThat(rows(reader.goTo("docker-promotions/image/?name=technolog/serviceone")))
                .singleElement()
                .asString()
                .contains("1.0");
        for (String file : List.of("promotions.csv?", "promotions.json?", "api/json?tree=promotions[*]&")) {
            assertThat(reader.goTo("docker-promotions/image/" + file + "name=technolog/serviceone", null)
                            .getWebResponse()
                            .getContentAsString())
                    .contains(project.getName())
                    .doesNotContain("hidden");
            assertThat(status(reader, "docker-promotions/image/" + file + "name=technolog/secret"))
                    .isEqualTo(404);
        }
        assertThat(status(reader, "docker-promotions/image/?name=technolog/secret"))
                .isEqualTo(404);
        assertThat(status(reader, "docker-promotions/image/")).isEqualTo(404);
        assertThat(status(reader, "job/hidden/docker-promotions/")).isEqualTo(404);

        JenkinsRule.WebClient stranger = jenkins.createWebClient().login("stranger");
        assertThat(stranger.goTo("docker-promotions/").asNormalizedText())
                .contains("No job that you can see has promoted an image yet.");
        assertThat(stranger.goTo("").getWebResponse().getContentAsString()).doesNotContain("docker-promotions");

        for (String page : List.of("", "api/json", "image/promotions.csv?name=technolog/serviceone")) {
            URL anonymous = new URL(jenkins.getURL(), "docker-promotions/" + page);
            assertThat(((HttpURLConnection) anonymous.openConnection()).getResponseCode())
                    .isEqualTo(403);
        }
        hidden.delete();
    }

    private static int status(JenkinsRule.WebClient client, String path) throws Exception {
        Page page = client.goTo(path, null);
        return page.getWebResponse().getStatusCode();
    }

    @Test
    void aStepThatIsDoneAgainAfterARestartIsOnePromotion() throws Exception {
        Run<?, ?> build = build();
        UUID step = UUID.randomUUID();

        BuildPromotions.add(build, Promotion.of(step, Starter.UNKNOWN, Samples.receipt("1.0", created("latest"))));
        BuildPromotions.add(
                build, Promotion.of(step, Starter.UNKNOWN, Samples.receipt("1.0", unchanged("latest", "1.0"))));

        assertThat(build.getAction(BuildPromotions.class).getPromotions())
                .singleElement()
                .extracting(Promotion::getOutcome)
                .isEqualTo(Outcome.PROMOTED);
    }
}
