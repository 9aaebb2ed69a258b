package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.webhook.Callback;
import io.jenkins.plugins.dockerpromotion.webhook.Push;
import io.jenkins.plugins.dockerpromotion.webhook.PushStore;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Reports the build result to Docker Hub, for the push that started the build. */
public final class NotifyDockerHubStep extends Step implements Serializable {

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
    public StepExecution start(StepContext context) throws AbortException {
        try {
            if (state != null) {
                State.parse(state);
            }
        } catch (IllegalArgumentException e) {
            throw new AbortException("Cannot report the build result: " + e.getMessage());
        }
        return new Execution(this, context);
    }

    /**
     * Runs on the controller, for the reason in {@link Callback}. After a restart, the report is sent again, so Docker
     * Hub may receive it twice.
     */
    private static final class Execution extends ControllerStepExecution<Boolean> {
        private static final long serialVersionUID = 1L;

        private final NotifyDockerHubStep step;

        Execution(NotifyDockerHubStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        protected Boolean run() throws IOException, InterruptedException {
            Run<?, ?> run = getContext().get(Run.class);
            TaskListener listener = getContext().get(TaskListener.class);
            List<Push> pushes = PushStore.get().answerable(run);
            State state = step.state == null ? Callback.stateOf(run.getResult()) : State.parse(step.state);
            listener.getLogger().println("Reporting the build result to Docker Hub: " + state);
            if (pushes.isEmpty()) {
                listener.getLogger().println("No push started this build, so there is nothing to report");
            }
            String description = step.description == null ? run.getFullDisplayName() + ": " + state : step.description;
            CallbackMessage message = Callback.message(run, state, description);
            boolean all = !pushes.isEmpty();
            for (Push push : pushes) {
                all &= answer(push, message, listener);
            }
            return all;
        }

        private static boolean answer(Push push, CallbackMessage message, TaskListener listener)
                throws InterruptedException {
            boolean taken = PushStore.get().answer(push, message, listener.getLogger()::println);
            if (taken) {
                listener.getLogger()
                        .println("Reported the build result for the push of " + push + ": " + message.state());
            }
            return taken;
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends StrictStepDescriptor {

        public DescriptorImpl() {
            super("notifyDockerHub", Messages._NotifyDockerHubStep_displayName(), Run.class, TaskListener.class);
        }

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
