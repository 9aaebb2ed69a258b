package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.model.AdministrativeMonitor;

/** Tells administrators that another plugin has the usual address of the webhook. */
@Extension
public final class WebhookMovedMonitor extends AdministrativeMonitor {

    @Override
    public String getDisplayName() {
        return Messages.WebhookMovedMonitor_displayName();
    }

    @Override
    public boolean isActivated() {
        return WebhookEndpoint.get().isMoved();
    }

    public String getUsualName() {
        return WebhookEndpoint.USUAL_NAME;
    }

    public String getOtherName() {
        return WebhookEndpoint.OTHER_NAME;
    }
}
