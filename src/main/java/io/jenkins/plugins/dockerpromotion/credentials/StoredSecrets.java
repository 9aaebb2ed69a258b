package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.Extension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.actions.ArgumentsAction;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/**
 * Masks the {@link BuildSecrets} of a Pipeline in what it keeps of its steps: their arguments and their failures, which
 * stay with the build and are shown to everybody who may see it. A failure that ends the build is beyond reach: Pipeline
 * writes it down while it tells of it.
 */
@Extension
public final class StoredSecrets implements GraphListener.Synchronous {

    @Override
    public void onNewHead(FlowNode node) {
        SecretMasker masker = BuildSecrets.maskerOf(node.getExecution().getOwner());
        if (!masker.isEmpty()) {
            mask(node, masker);
            // A step's failure is added to it after its node, and before the next one.
            node.getParents().forEach(parent -> mask(parent, masker));
        }
    }

    private static void mask(FlowNode node, SecretMasker masker) {
        ArgumentsAction arguments = node.getPersistentAction(ArgumentsAction.class);
        if (arguments != null) {
            Map<String, Object> before = arguments.getArguments();
            Map<String, Object> after = masked(before, masker);
            if (!after.equals(before)) {
                node.removeAction(arguments);
                node.addAction(new MaskedArguments(after));
            }
        }
        ErrorAction error = node.getPersistentAction(ErrorAction.class);
        if (error != null) {
            Throwable masked = masker.mask(error.getError());
            if (masked != error.getError()) {
                node.removeAction(error);
                node.addAction(new ErrorAction(masked));
            }
        }
    }

    private static Map<String, Object> masked(Map<?, ?> map, SecretMasker masker) {
        Map<String, Object> masked = new LinkedHashMap<>();
        map.forEach((key, value) -> masked.put(String.valueOf(key), masked(value, masker)));
        return masked;
    }

    private static Object masked(Object value, SecretMasker masker) {
        if (value instanceof CharSequence text) {
            return masker.mask(text.toString());
        }
        if (value instanceof List<?> list) {
            List<Object> masked = new ArrayList<>();
            list.forEach(item -> masked.add(masked(item, masker)));
            return masked;
        }
        if (value instanceof Map<?, ?> map) {
            return masked(map, masker);
        }
        if (value instanceof UninstantiatedDescribable describable) {
            Map<String, Object> inner = masked(describable.getArguments(), masker);
            return inner.equals(describable.getArguments())
                    ? describable
                    : new UninstantiatedDescribable(describable.getSymbol(), describable.getKlass(), inner);
        }
        return value;
    }

    /** A step's arguments without the secrets. */
    private static final class MaskedArguments extends ArgumentsAction {

        private final Map<String, Object> arguments;

        MaskedArguments(Map<String, Object> arguments) {
            this.arguments = arguments;
        }

        @Override
        protected Map<String, Object> getArgumentsInternal() {
            return arguments;
        }

        @Override
        public boolean isUnmodifiedArguments() {
            return false;
        }
    }
}
