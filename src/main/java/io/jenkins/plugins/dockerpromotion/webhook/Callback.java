package io.jenkins.plugins.dockerpromotion.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.notification.CallbackAddress;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import jenkins.model.Jenkins;

/**
 * Reports a build's result to Docker Hub. Runs on the controller, not on an agent: the webhook reached the controller,
 * which knows the trusted hosts, and an agent may no longer exist when a build ends.
 */
public final class Callback {

    private Callback() {}

    /** The message for a build; {@code result} is the result so far, {@code null} while it is successful. */
    public static State stateOf(@CheckForNull Result result) {
        if (result == null || result.equals(Result.SUCCESS)) {
            return State.SUCCESS;
        }
        return result.equals(Result.UNSTABLE) ? State.FAILURE : State.ERROR;
    }

    /**
     * Creates the message for a build.
     *
     * @param run {@code null} if it no longer exists
     * @param description the result in words
     */
    public static CallbackMessage message(@CheckForNull Run<?, ?> run, State state, String description) {
        String root = Util.fixNull(Jenkins.get().getRootUrl());
        return run == null
                ? new CallbackMessage(state, description, "Jenkins", "")
                : new CallbackMessage(
                        state,
                        description,
                        "Jenkins: " + run.getParent().getFullName(),
                        root.isEmpty() ? "" : root + run.getUrl());
    }

    /**
     * Sends {@code message}. Best effort: a failure is only logged.
     *
     * @param address the unchanged {@code callback_url} of the payload
     * @return whether it was accepted
     */
    public static boolean send(String address, CallbackMessage message, Notices log) throws InterruptedException {
        try {
            DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
            CallbackAddress callback = CallbackAddress.parse(
                    address, CallbackAddress.parseHosts(Util.fixNull(configuration.getCallbackHosts())));
            Network network = configuration.network();
            callback.send(message, new RegistryContext(network, Timekeeper.SYSTEM, log));
            return true;
        } catch (IllegalArgumentException e) {
            log.say("Cannot report the build result: " + e.getMessage());
        } catch (RegistryException e) {
            log.say(e.getMessage());
        }
        return false;
    }
}
