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
 * Answers a push with what a build made of it. From the controller, not from an agent: it is the controller that Docker
 * Hub's webhook has found, that knows which hosts its administrator trusts, and whose network is the one to protect; and
 * no agent may be left when a build ends.
 */
public final class Callback {

    private Callback() {}

    /** What Docker Hub is told of a build; {@code result} is that so far, {@code null} if nothing went wrong yet. */
    public static State stateOf(@CheckForNull Result result) {
        if (result == null || result.equals(Result.SUCCESS)) {
            return State.SUCCESS;
        }
        return result.equals(Result.UNSTABLE) ? State.FAILURE : State.ERROR;
    }

    /**
     * What to say of a build.
     *
     * @param run {@code null} if it is gone
     * @param description what came out, for people
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
     * Sends {@code message}. Best effort: a failure is a line for {@code log}, and nothing else.
     *
     * @param address the {@code callback_url} of the payload, as it came
     * @return whether it was taken
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
