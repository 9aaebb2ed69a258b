package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;

/** A step that waits until the test opens it, also across a restart of the controller: {@code gate 'name'}. */
public final class GateStep extends Step {

    private static final Map<Place, CompletableFuture<StepContext>> REACHED = new ConcurrentHashMap<>();

    private final String name;

    @DataBoundConstructor
    public GateStep(String name) {
        this.name = name;
    }

    public String getName() {
        return name;
    }

    /** Waits until a Pipeline has reached the gate. */
    public static void waitFor(String name) throws Exception {
        gate(name).get(5, TimeUnit.MINUTES);
    }

    /** Lets the Pipeline at the gate continue. */
    public static void open(String name) throws Exception {
        StepContext context = gate(name).get(60, TimeUnit.SECONDS);
        REACHED.remove(Place.named(name));
        context.onSuccess(null);
    }

    private static CompletableFuture<StepContext> gate(String name) {
        return REACHED.computeIfAbsent(Place.named(name), key -> new CompletableFuture<>());
    }

    /**
     * The key of a gate. Contains the controller: after a restart, a Pipeline that waited before is no longer at the
     * gate.
     */
    private record Place(Jenkins controller, String name) {
        static Place named(String name) {
            return new Place(Jenkins.get(), name);
        }
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(name, context);
    }

    private static final class Execution extends StepExecution {

        private static final long serialVersionUID = 1L;

        private final String name;

        Execution(String name, StepContext context) {
            super(context);
            this.name = name;
        }

        @Override
        public boolean start() {
            gate(name).complete(getContext());
            return false;
        }

        @Override
        public void onResume() {
            gate(name).complete(getContext());
        }

        @Override
        public void stop(Throwable cause) throws Exception {
            REACHED.remove(Place.named(name));
            super.stop(cause);
        }
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public String getFunctionName() {
            return "gate";
        }

        @Override
        public String getDisplayName() {
            return "Wait for the test";
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of();
        }
    }
}
