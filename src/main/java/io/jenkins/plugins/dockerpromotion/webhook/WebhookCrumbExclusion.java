package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.security.csrf.CrumbExclusion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** A registry has no crumb; its token is what proves that it may. */
@Extension
public final class WebhookCrumbExclusion extends CrumbExclusion {

    @Override
    public boolean process(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getPathInfo();
        if (path == null || !path.startsWith("/" + WebhookEndpoint.get().getUrlName() + "/")) {
            return false;
        }
        chain.doFilter(request, response);
        return true;
    }
}
