package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.remoting.Channel;
import hudson.remoting.ProxyException;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.IOException;

/** Turns failures into messages for the Pipeline author. */
final class StepFailure {

    private static final String OURS = StepFailure.class.getPackageName().replaceFirst("\\.\\w+$", ".");

    /** Maximum length of a message, which may contain an error for each of many tags. */
    private static final int MAX_TEXT = 16_000;

    private StepFailure() {}

    /** Whether the connection to the agent broke. Failures on the agent are returned as text. */
    static boolean isAgentLost(Throwable e) {
        return !(e instanceof AbortException)
                && !(e instanceof ProxyException)
                && (e instanceof RequestAbortedException || Channel.isClosedChannelException(e));
    }

    /**
     * Failures with a message for the author become that message; others keep their stack trace.
     *
     * @param phrase the action, as in "Cannot promote ..."
     */
    static Throwable explained(String phrase, Throwable e) {
        if (e instanceof AbortException || e instanceof IOException && isComplete(e)) {
            return new AbortException(oneLine(e.getMessage()));
        }
        if (e instanceof IllegalArgumentException || e instanceof IOException && isOurs(e)) {
            return new AbortException("Cannot " + phrase + ": " + oneLine(e.getMessage()));
        }
        return e;
    }

    private static boolean isOurs(Throwable e) {
        return e.getClass().getName().startsWith(OURS);
    }

    /** Most failures of this plugin already name the action and the host. */
    private static boolean isComplete(Throwable e) {
        return isOurs(e) && String.valueOf(e.getMessage()).startsWith("Cannot ");
    }

    static String oneLine(String message) {
        return LogText.oneLine(String.valueOf(message), MAX_TEXT);
    }

    /**
     * An agent did not reconnect. Because a broken channel is the cause, {@code retry(conditions: [agent()])} tries
     * another agent.
     */
    static AbortException agentLost(String phrase, AgentPlace agent, Throwable why) {
        AbortException lost = new AbortException("Cannot " + phrase + ": " + agent
                + " was lost and did not reconnect; run the build again; completed work is not repeated");
        lost.initCause(why);
        return lost;
    }
}
