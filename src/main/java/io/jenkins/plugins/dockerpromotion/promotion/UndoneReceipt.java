package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.http.Quoted;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is left of a promotion that failed, or was aborted, when its tags had begun to move.
 *
 * @param attempted what was to be done
 * @param outcomes of the targets that were to change
 */
public record UndoneReceipt(PromotionReceipt attempted, List<Outcome> outcomes) implements Serializable {

    public UndoneReceipt {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * Where one target is now.
     *
     * @param standsAsPromoted whether it could not be put back, and may be the promoted image
     * @param text the same for people: {@code put back to sha256:0123456789ab}
     */
    public record Outcome(String tag, boolean standsAsPromoted, String text) implements Serializable {

        /** The failure of a registry, with all it quotes, fits. */
        private static final int MAX_TEXT = 2000;

        public Outcome {
            text = Quoted.oneLine(text, MAX_TEXT);
        }
    }

    /** Where all of them are, for the end of an error. */
    String text() {
        return "now in " + attempted.image() + ": "
                + outcomes.stream().map(o -> o.tag + " " + o.text).collect(Collectors.joining(", "));
    }
}
