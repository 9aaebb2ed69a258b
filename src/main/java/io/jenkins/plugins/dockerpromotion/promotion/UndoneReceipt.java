package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The state after a promotion failed or was aborted while its tags moved.
 *
 * @param attempted the promotion that was attempted
 * @param outcomes for the targets that were to change
 */
public record UndoneReceipt(PromotionReceipt attempted, List<Outcome> outcomes) implements Serializable {

    public UndoneReceipt {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * The state of one target.
     *
     * @param standsAsPromoted whether it could not be put back and may still point to the promoted image
     * @param text the same in words: {@code put back to sha256:0123456789ab}
     */
    public record Outcome(String tag, boolean standsAsPromoted, String text) implements Serializable {

        /** Long enough for an error of a registry with everything it quotes. */
        private static final int MAX_TEXT = 2000;

        public Outcome {
            text = LogText.oneLine(text, MAX_TEXT);
        }
    }

    /** The state of all targets, for the end of an error message. */
    String text() {
        return "now in " + attempted.image() + ": "
                + outcomes.stream().map(o -> o.tag + " " + o.text).collect(Collectors.joining(", "));
    }
}
