package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.webhook.Callback;
import io.jenkins.plugins.dockerpromotion.webhook.Push;
import io.jenkins.plugins.dockerpromotion.webhook.PushStore;
import java.io.IOException;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * Reports the build result to Docker Hub, for the push that started the build. Runs on the controller, for the reason in
 * {@link Callback}. After a restart, the report is sent again, so Docker Hub may receive it twice.
 */
public final class NotifyDockerHubStep extends ControllerStep {

    private static final long serialVersionUID = 1L;

    private String state;
    private String description;

    @DataBoundConstructor
    public NotifyDockerHubStep() {
        // All parameters are optional.
    }

    public String getState() {
        return state;
    }

    @DataBoundSetter
    public void setState(String state) {
        this.state = Util.fixEmptyAndTrim(state);
    }

    public String getDescription() {
        return description;
    }

    @DataBoundSetter
    public void setDescription(String description) {
        this.description = Util.fixEmptyAndTrim(description);
    }

    @Override
    String phrase() {
        return "report the build result";
    }

    @Override
    Object run(StepRun run) throws IOException, InterruptedException {
        State reported = state == null ? Callback.stateOf(run.build().getResult()) : State.parse(state);
        run.say("Reporting the build result to Docker Hub: " + reported);
        List<Push> pushes = PushStore.get().answerable(run.build());
        if (pushes.isEmpty()) {
            run.say("No push started this build, so there is nothing to report");
        }
        CallbackMessage message = Callback.message(
                run.build(),
                reported,
                description == null ? run.build().getFullDisplayName() + ": " + reported : description);
        boolean all = !pushes.isEmpty();
        for (Push push : pushes) {
            if (PushStore.get().answer(push, message, run::say)) {
                run.say("Reported the build result for the push of " + push + ": " + message.state());
            } else {
                all = false;
            }
        }
        return all;
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        @RequirePOST
        public ListBoxModel doFillStateItems() {
            ListBoxModel items = new ListBoxModel();
            items.add(Messages.NotifyDockerHubStep_resultSoFar(), "");
            for (State state : State.values()) {
                items.add(state.toString());
            }
            return items;
        }
    }
}
