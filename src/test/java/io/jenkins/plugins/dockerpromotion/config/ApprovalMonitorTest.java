package io.jenkins.plugins.dockerpromotion.config;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.ExtensionList;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.net.URL;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.HtmlCheckBoxInput;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

class ApprovalMonitorTest {

    private static final String OPEN = "method java.net.URL openConnection";
    private static final String ADDRESS = "new java.net.URL java.lang.String";
    private static final String SLURPER = "new groovy.json.JsonSlurperClassic";
    private static final String OTHER = "method hudson.model.Job getLastBuild";
    private static final String WITH_PERMISSIONS = "method hudson.util.Secret getPlainText";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private static ApprovalMonitor monitor() {
        return ExtensionList.lookupSingleton(ApprovalMonitor.class);
    }

    private static HtmlForm form(HtmlPage page) {
        return page.getFormByName("revoke");
    }

    private static List<String> offered(HtmlForm form) {
        return form.getInputsByName("signature").stream()
                .map(input -> ((HtmlCheckBoxInput) input).getValue())
                .toList();
    }

    private static void approve() throws Exception {
        ScriptApproval.get().setApprovedSignatures(new String[] {OPEN, ADDRESS, SLURPER, OTHER});
        ScriptApproval.get().aclApproveSignature(WITH_PERMISSIONS);
    }

    @Test
    void revokesWhatIsCheckedForGoodAndNothingElse() throws Throwable {
        sessions.then(jenkins -> {
            approve();
            HtmlPage page = reviewed(jenkins);
            HtmlForm form = form(page);
            assertThat(offered(form)).containsExactly(OPEN, ADDRESS, SLURPER);
            assertThat(form.getInputsByName("signature"))
                    .allMatch(input -> !((HtmlCheckBoxInput) input).isChecked())
                    .allMatch(input -> page.querySelector("label[for='" + input.getId() + "']") != null);
            assertThat(form.asNormalizedText())
                    .contains(SignatureRisk.REQUESTS.getText(), SignatureRisk.JSON.getText(), WITH_PERMISSIONS)
                    .doesNotContain(OTHER);
            assertThat(form.getElementsByTagName("a"))
                    .extracting(link -> link.getAttribute("href"))
                    .containsExactly(jenkins.contextPath + "/scriptApproval/");

            form.getInputsByName("signature").get(0).setChecked(true);
            form.getInputsByName("signature").get(2).setChecked(true);
            submit(form);
            assertApproved(ADDRESS, OTHER);
        });
        sessions.then(jenkins -> {
            assertApproved(ADDRESS, OTHER);
            assertThat(ScriptApproval.get().getAclApprovedSignatures()).containsExactly(WITH_PERMISSIONS);
            assertThat(offered(form(reviewed(jenkins)))).containsExactly(ADDRESS);
        });
    }

    /** Opens the page that the monitor's message links to. */
    private static HtmlPage reviewed(JenkinsRule jenkins) throws Exception {
        HtmlPage page = jenkins.createWebClient().goTo("manage/");
        return ((DomElement) page.getFormByName(monitor().id).querySelector("[name='review']")).click();
    }

    private static void submit(HtmlForm form) throws Exception {
        ((DomElement) form.querySelector("button[type='submit']")).click();
    }

    private static void assertApproved(String... signatures) {
        assertThat(ScriptApproval.get().getApprovedSignatures()).containsExactlyInAnyOrder(signatures);
    }

    @Test
    void isForAdministratorsAndShowsUpOnlyWhereThereIsSomething() throws Throwable {
        sessions.then(jenkins -> {
            jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
            jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                    .grant(Jenkins.ADMINISTER)
                    .everywhere()
                    .to("admin")
                    .grant(Jenkins.READ, Jenkins.MANAGE, Jenkins.SYSTEM_READ)
                    .everywhere()
                    .to("manager"));
            assertThat(isShown(jenkins, "admin")).isFalse();
            try (ACLContext asAdministrator = ACL.as2(ACL.SYSTEM2)) {
                approve();
            }
            assertThat(isShown(jenkins, "admin")).isTrue();
            assertThat(isShown(jenkins, "manager")).isFalse();

            for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.POST)) {
                assertThat(send(jenkins, "manager", method, "", "signature", OPEN))
                        .isEqualTo(403);
            }
            assertThat(send(jenkins, "manager", HttpMethod.POST, "revoke", "signature", OPEN))
                    .isEqualTo(403);
            assertThat(send(jenkins, "manager", HttpMethod.POST, "decide", "dismiss", ""))
                    .isEqualTo(403);
            assertThat(send(jenkins, "admin", HttpMethod.GET, "revoke", "signature", OPEN))
                    .isEqualTo(405);
            assertThat(send(jenkins, "admin", HttpMethod.GET, "decide", "dismiss", ""))
                    .isEqualTo(405);
            // A form must not revoke what it did not show.
            assertThat(send(jenkins, "admin", HttpMethod.POST, "revoke", "signature", OTHER))
                    .isEqualTo(200);
            assertApproved(OPEN, ADDRESS, SLURPER, OTHER);
            assertThat(isShown(jenkins, "admin")).isTrue();

            assertThat(send(jenkins, "admin", HttpMethod.POST, "decide", "dismiss", ""))
                    .isEqualTo(200);
            assertThat(isShown(jenkins, "admin")).isFalse();
        });
    }

    private static boolean isShown(JenkinsRule jenkins, String user) throws Exception {
        HtmlPage page = jenkins.createWebClient()
                .withJavaScriptEnabled(false)
                .login(user)
                .goTo("manage/");
        return page.querySelector("form[name='" + monitor().id + "']") != null;
    }

    private static int send(
            JenkinsRule jenkins, String user, HttpMethod method, String action, String name, String value)
            throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient()
                .withJavaScriptEnabled(false)
                .withBasicApiToken(user)
                .withThrowExceptionOnFailingStatusCode(false);
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), monitor().getUrl() + "/" + action), method);
        request.setRequestParameters(List.of(new NameValuePair(name, value)));
        return client.getPage(request).getWebResponse().getStatusCode();
    }
}
