package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import java.io.IOException;
import java.io.Serializable;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.jenkinsci.plugins.workflow.steps.SynchronousNonBlockingStepExecution;

/** A step that needs no agent: it runs on the controller, and again after a restart. */
public abstract class ControllerStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The action in words, as in "Cannot report the build result". */
    abstract String phrase();

    /**
     * Logs what the step does, and returns the result for the Jenkinsfile.
     *
     * @throws IllegalArgumentException in one line, if a parameter is not valid
     */
    abstract Object run(StepRun run) throws IOException, InterruptedException;

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    private static final class Execution extends SynchronousNonBlockingStepExecution<Object> {
        private static final long serialVersionUID = 1L;

        private final ControllerStep step;
        private final UUID id = UUID.randomUUID();

        Execution(ControllerStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        protected Object run() throws Exception {
            try {
                return step.run(StepRun.of(getContext(), id));
            } catch (IOException | RuntimeException e) {
                if (StepFailure.explained(step.phrase(), e) instanceof AbortException line) {
                    throw line;
                }
                throw e;
            }
        }

        @Override
        public void onResume() {
            try {
                start();
            } catch (Exception e) {
                getContext().onFailure(e);
            }
        }
    }
}
