package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.remoting.Channel;
import hudson.remoting.ProxyException;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.IOException;

/** What the author of a Jenkinsfile gets to see of a failure. */
final class StepFailure {

    private static final String OURS = StepFailure.class.getPackageName().replaceFirst("\\.\\w+$", ".");

    /** The longest failure that is shown whole: one of many tags, each with its own. */
    private static final int MAX_TEXT = 16_000;

    private StepFailure() {}

    /** Whether the connection to the agent broke; failures on the agent come back as texts. */
    static boolean isAgentLost(Throwable e) {
        return !(e instanceof AbortException)
                && !(e instanceof ProxyException)
                && (e instanceof RequestAbortedException || Channel.isClosedChannelException(e));
    }

    /**
     * Failures with a text for the author become that text alone; others stay as they are, with their stack trace.
     *
     * @param phrase what was tried, behind "Cannot"
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

    /** Most failures of this plugin say what was tried, on which host. */
    private static boolean isComplete(Throwable e) {
        return isOurs(e) && String.valueOf(e.getMessage()).startsWith("Cannot ");
    }

    static String oneLine(String message) {
        return LogText.oneLine(String.valueOf(message), MAX_TEXT);
    }

    /**
     * An agent that stayed away. By a broken channel as the cause, {@code retry(conditions: [agent()])} knows that another
     * agent may do it.
     */
    static AbortException agentLost(String phrase, AgentPlace agent, Throwable why) {
        AbortException lost = new AbortException("Cannot " + phrase + ": " + agent
                + " was lost and did not reconnect; run the build again, completed work is not repeated");
        lost.initCause(why);
        return lost;
    }
}
