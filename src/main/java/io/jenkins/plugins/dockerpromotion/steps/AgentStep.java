package io.jenkins.plugins.dockerpromotion.steps;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step that sends one operation to the agent of the enclosing {@code node} block. A subclass defines its phrase, its
 * operation, and its result; {@link AgentStepExecution} does the rest.
 *
 * <p>Steps are saved with the build, so they never hold a secret: the operation is created each time it is sent.
 *
 * @param <T> the result from the agent: plain, serializable data
 */
public abstract class AgentStep<T extends Serializable> extends Step implements Serializable {

    private static final long serialVersionUID = 1L;

    @Override
    public StepExecution start(StepContext context) throws Exception {
        return new AgentStepExecution<>(this, context);
    }

    /** The action in words, as in "Cannot promote technolog/serviceone:2017.2.103". */
    abstract String phrase();

    /**
     * Creates the operation, and logs in one line what it will do. Called again if the operation must be sent again.
     *
     * @throws IllegalArgumentException in one line, if a parameter is not valid
     */
    abstract Operation<T> operation(StepRun run) throws IOException, InterruptedException;

    /** Logs what the operation did, and returns the result for the Jenkinsfile. */
    abstract Object result(T outcome, StepRun run) throws IOException, InterruptedException;

    /** What other steps of this controller must not change at the same time. */
    RepositoryLocks.Names locks() {
        return RepositoryLocks.Names.NONE;
    }
}
