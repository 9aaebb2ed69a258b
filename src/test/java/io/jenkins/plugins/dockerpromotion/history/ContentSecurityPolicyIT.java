package io.jenkins.plugins.dockerpromotion.history;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.PluginServletFilter;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.webhook.PicturedPushes;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/** Opens the plugin's pages in a browser that enforces a content security policy without inline scripts and styles. */
@WithController
class ContentSecurityPolicyIT {

    private static final String POLICY = "base-uri 'none'; default-src 'self'; form-action 'self';"
            + " frame-ancestors 'self'; img-src 'self' data:; script-src 'report-sample' 'self';"
            + " style-src 'report-sample' 'self'";

    private static final String RECORD = """
            window.violations = [];
            document.addEventListener('securitypolicyviolation',
                e => violations.push(`${e.effectiveDirective} ${e.blockedURI} ${e.sample}`));""";

    private static final List<String> OWN_PAGES = List.of(
            "job/" + PicturedReleases.RELEASE + "/docker-promotions/",
            "job/" + PicturedReleases.RELEASE + "/lastBuild/",
            "docker-promotions/",
            "docker-promotions/image/?name=" + Samples.IMAGE,
            "manage/docker-pushes/",
            "job/" + PicturedReleases.RELEASE + "/docker-promotions/rollback/?image=" + Samples.IMAGE
                    + "&tag=production");

    private Chromium browser;
    private String root;

    @Test
    void noPageNeedsAnInlineScriptOrStyle(JenkinsRule jenkins) throws Exception {
        FieldTool.assumeAvailable(getClass(), "chromium");
        PicturedReleases releases = new PicturedReleases(jenkins);
        releases.make();
        new PicturedPushes(jenkins, releases.newestVersion(), releases.end()).make();
        PluginServletFilter.addFilter(new Enforced());
        root = jenkins.getURL().toString();
        try (Chromium chromium = Chromium.start("chromium")) {
            browser = chromium;
            browser.onEachPage(RECORD);
            Set<String> ofJenkins = new LinkedHashSet<>();
            for (String page : List.of("", "job/fleet-rollout/", "job/fleet-rollout/lastBuild/", "manage/")) {
                ofJenkins.addAll(violations(page));
            }
            for (String page : OWN_PAGES) {
                assertThat(violations(page)).as(page).isSubsetOf(ofJenkins);
                assertThat(browser.run("document.body.innerText").asText())
                        .as(page)
                        .containsPattern("Docker [Pp]|technolog");
            }
            assertThat(browser.run("""
                    const script = document.createElement('script');
                    script.textContent = 'window.inline = true';
                    document.body.append(script);
                    window.inline === undefined""").asBoolean())
                    .as("the policy is enforced")
                    .isTrue();
        }
    }

    private Set<String> violations(String page) throws Exception {
        browser.open(root + page);
        browser.await("!document.body.innerText.includes('Loading builds')");
        Set<String> violations = new LinkedHashSet<>();
        browser.run("violations").forEach(violation -> violations.add(violation.asText()));
        return violations;
    }

    private static final class Enforced implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            ((HttpServletResponse) response).setHeader("Content-Security-Policy", POLICY);
            chain.doFilter(request, response);
        }
    }
}
