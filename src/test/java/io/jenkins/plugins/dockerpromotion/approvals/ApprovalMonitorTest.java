package io.jenkins.plugins.dockerpromotion.approvals;

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
        return page.getFormByName(monitor().id);
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
            HtmlPage page = jenkins.createWebClient().goTo("manage/");
            HtmlForm form = form(page);
            assertThat(offered(form)).containsExactly(OPEN, ADDRESS, SLURPER);
            assertThat(form.getInputsByName("signature"))
                    .allMatch(input -> !((HtmlCheckBoxInput) input).isChecked())
                    .allMatch(input -> page.querySelector("label[for='" + input.getId() + "']") != null);
            assertThat(form.asNormalizedText())
                    .contains(Opening.REQUESTS.getText(), Opening.JSON.getText(), WITH_PERMISSIONS)
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
            assertThat(offered(form(jenkins.createWebClient().goTo("manage/")))).containsExactly(ADDRESS);
        });
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
            assertThat(monitor().isActivated()).isFalse();
            try (ACLContext asAdministrator = ACL.as2(ACL.SYSTEM2)) {
                approve();
            }
            assertThat(monitor().isActivated()).isTrue();

            assertThat(send(jenkins, "manager", HttpMethod.POST, "revoke", OPEN))
                    .isEqualTo(403);
            assertThat(send(jenkins, "admin", HttpMethod.GET, "revoke", OPEN)).isEqualTo(405);
            assertApproved(OPEN, ADDRESS, SLURPER, OTHER);
            assertThat(jenkins.createWebClient()
                            .login("manager")
                            .goTo("manage/")
                            .getWebResponse()
                            .getContentAsString())
                    .doesNotContain(OPEN);

            // What the form did not show is not revoked by it.
            assertThat(send(jenkins, "admin", HttpMethod.POST, "revoke", OTHER)).isEqualTo(200);
            assertApproved(OPEN, ADDRESS, SLURPER, OTHER);

            assertThat(send(jenkins, "admin", HttpMethod.POST, "disable", "")).isEqualTo(200);
            assertThat(monitor().isEnabled()).isFalse();
            assertThat(jenkins.createWebClient()
                            .login("admin")
                            .goTo("manage/")
                            .getWebResponse()
                            .getContentAsString())
                    .doesNotContain(OPEN);
        });
    }

    private static int send(JenkinsRule jenkins, String user, HttpMethod method, String action, String signature)
            throws Exception {
        JenkinsRule.WebClient client =
                jenkins.createWebClient().withBasicApiToken(user).withThrowExceptionOnFailingStatusCode(false);
        WebRequest request = new WebRequest(new URL(jenkins.getURL(), monitor().getUrl() + "/" + action), method);
        request.setRequestParameters(List.of(new NameValuePair("signature", signature)));
        return client.getPage(request).getWebResponse().getStatusCode();
    }
}
