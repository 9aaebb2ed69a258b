package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.remoting.Channel;
import hudson.remoting.RequestAbortedException;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.tags.RetentionException;

/** What the author of a Jenkinsfile gets to see of a failure: one line where there is one, else all there is. */
final class StepFailure {

    private StepFailure() {}

    /** The longest failure that is shown whole: one of many tags, each with its own. */
    private static final int MAX_TEXT = 16_000;

    /** An image in a phrase, as the step has it, which may be without any: {@code technolog/serviceone}. */
    static String image(String image) {
        return image == null ? "an image" : image;
    }

    /** The same with what the step has for a tag, or a digest. */
    static String image(String image, String reference) {
        if (image == null || reference == null) {
            return image(image);
        }
        return image + (reference.indexOf(':') < 0 ? ":" : "@") + reference;
    }

    /** A registry's connection may break in the same way as the agent's; that comes back as a failure with a text. */
    static boolean isAgentLost(Throwable e) {
        return !hasText(e) && (e instanceof RequestAbortedException || Channel.isClosedChannelException(e));
    }

    private static boolean hasText(Throwable e) {
        return e instanceof RegistryException
                || e instanceof PromotionException
                || e instanceof RetentionException
                || e instanceof AbortException;
    }

    /**
     * Failures with a text for the author become that text alone; the rest keeps its stack trace.
     *
     * @param phrase what was tried, behind "cannot"
     */
    static Throwable explained(String phrase, Throwable e) {
        if (e instanceof IllegalArgumentException || e instanceof HostException) {
            return new AbortException("Cannot " + phrase + ": " + oneLine(e.getMessage()));
        }
        return hasText(e) ? new AbortException(oneLine(e.getMessage())) : e;
    }

    /** What an agent says of a failure, as it was meant to be. */
    static String oneLine(String message) {
        return LogText.oneLine(String.valueOf(message), MAX_TEXT);
    }

    /**
     * An agent that stayed away. By a broken channel as the cause, {@code retry(conditions: [agent()])} knows that another
     * agent may do it.
     */
    static AbortException agentLost(String phrase, AgentPlace agent, Throwable why) {
        AbortException lost = new AbortException("Cannot " + phrase + ": " + agent
                + " was lost and did not come back; run it again, what was done is not done twice");
        lost.initCause(why);
        return lost;
    }
}
