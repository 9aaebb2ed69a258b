package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.model.ManagementLink;
import hudson.security.Permission;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Shows administrators the webhook's deliveries and the builds that they started. */
@Extension
public final class DeliveriesPage extends ManagementLink {

    private static final int TOO_MANY_REQUESTS = 429;

    @Override
    public String getIconFileName() {
        return "symbol-download";
    }

    @Override
    public String getDisplayName() {
        return Messages.DeliveriesPage_displayName();
    }

    @Override
    public String getDescription() {
        return Messages.DeliveriesPage_description();
    }

    @Override
    public String getUrlName() {
        return "docker-pushes";
    }

    @Override
    public Category getCategory() {
        return Category.STATUS;
    }

    @Override
    public Permission getRequiredPermission() {
        return Jenkins.ADMINISTER;
    }

    public List<Delivery> getDeliveries() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return PushStore.get().newestFirst();
    }

    /** Processes a delivery again, although it is a duplicate. */
    @RequirePOST
    public HttpResponse doReplay(@QueryParameter String id) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        Optional<Delivery> delivery =
                PushStore.get().find(id).filter(d -> !d.getPushes().isEmpty());
        if (delivery.isEmpty()) {
            return HttpResponses.notFound();
        }
        return PushStore.get().take(delivery.get().again())
                ? HttpResponses.redirectToDot()
                : HttpResponses.errorWithoutStack(TOO_MANY_REQUESTS, "Too many waiting deliveries");
    }
}
