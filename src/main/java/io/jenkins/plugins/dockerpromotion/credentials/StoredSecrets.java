package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.AbortException;
import hudson.Extension;
import hudson.remoting.ProxyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.actions.ArgumentsAction;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/**
 * Masks the {@link BuildSecrets} of a Pipeline in the stored arguments and failures of its steps, which everybody who
 * may see the build can read. A failure that ends the build cannot be masked, because Pipeline stores it before
 * notifying listeners.
 */
@Extension
public final class StoredSecrets implements GraphListener.Synchronous {

    @Override
    public void onNewHead(FlowNode node) {
        BuildSecrets.pattern(node.getExecution().getOwner()).ifPresent(pattern -> {
            mask(node, pattern);
            // A step's failure is added after its node, and before the next node.
            node.getParents().forEach(parent -> mask(parent, pattern));
        });
    }

    private static void mask(FlowNode node, Pattern pattern) {
        ArgumentsAction arguments = node.getPersistentAction(ArgumentsAction.class);
        if (arguments != null) {
            Map<String, Object> before = arguments.getArguments();
            Map<String, Object> after = masked(before, pattern);
            if (!after.equals(before)) {
                node.removeAction(arguments);
                node.addAction(new MaskedArguments(after));
            }
        }
        ErrorAction error = node.getPersistentAction(ErrorAction.class);
        if (error != null) {
            Throwable masked = masked(error.getError(), pattern);
            if (masked != error.getError()) {
                node.removeAction(error);
                node.addAction(new ErrorAction(masked));
            }
        }
    }

    static String masked(String text, Pattern pattern) {
        return pattern.matcher(text).replaceAll("****");
    }

    /**
     * Removes the secrets from a failure; returns the same failure if it contains none, otherwise a copy with the same
     * messages and stack traces. An {@link AbortException} keeps its type, which suppresses the stack trace.
     */
    static Throwable masked(Throwable failure, Pattern pattern) {
        ProxyException copy = new ProxyException(failure);
        return mentions(copy, pattern) ? maskedCopy(failure, pattern) : failure;
    }

    /** The causes of a copy have no cycles. */
    private static boolean mentions(Throwable copy, Pattern pattern) {
        return copy != null
                && (pattern.matcher(String.valueOf(copy.getMessage())).find()
                        || mentions(copy.getCause(), pattern)
                        || List.of(copy.getSuppressed()).stream().anyMatch(s -> mentions(s, pattern)));
    }

    private static Throwable maskedCopy(Throwable failure, Pattern pattern) {
        Throwable copy = failure instanceof AbortException
                ? new AbortException(masked(String.valueOf(failure.getMessage()), pattern))
                : new MaskedException(masked(failure.toString(), pattern));
        copy.setStackTrace(failure.getStackTrace());
        if (failure.getCause() != null) {
            copy.initCause(maskedCopy(new ProxyException(failure.getCause()), pattern));
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            copy.addSuppressed(maskedCopy(new ProxyException(suppressed), pattern));
        }
        return copy;
    }

    private static Map<String, Object> masked(Map<?, ?> map, Pattern pattern) {
        Map<String, Object> masked = new LinkedHashMap<>();
        map.forEach((key, value) -> masked.put(String.valueOf(key), masked(value, pattern)));
        return masked;
    }

    private static Object masked(Object value, Pattern pattern) {
        if (value instanceof CharSequence text) {
            return masked(text.toString(), pattern);
        }
        if (value instanceof List<?> list) {
            List<Object> masked = new ArrayList<>();
            list.forEach(item -> masked.add(masked(item, pattern)));
            return masked;
        }
        if (value instanceof Map<?, ?> map) {
            return masked(map, pattern);
        }
        if (value instanceof UninstantiatedDescribable describable) {
            Map<String, Object> inner = masked(describable.getArguments(), pattern);
            return inner.equals(describable.getArguments())
                    ? describable
                    : new UninstantiatedDescribable(describable.getSymbol(), describable.getKlass(), inner);
        }
        return value;
    }

    /** A failure whose messages contained a secret. */
    private static final class MaskedException extends Exception {
        private static final long serialVersionUID = 1L;

        MaskedException(String message) {
            super(message);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    /** Removes the secrets from a step's arguments. */
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
