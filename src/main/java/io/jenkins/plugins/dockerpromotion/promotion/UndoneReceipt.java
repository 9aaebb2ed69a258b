package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** The longest text of one target that is kept: a failure of a registry with all it quotes fits. */
    private static final int MAX_TEXT = 2000;

    /**
     * The same with one line for each target, if it can be what is left of {@code request}: see {@link
     * PromotionReceipt#requireAnswerTo}.
     *
     * @throws IllegalArgumentException in one line, if not
     */
    public UndoneReceipt requireAnswerTo(PromotionRequest request) {
        attempted.requireAnswerTo(request);
        // Of a tag that was not to be moved nobody asks; of one that is there twice the first counts.
        Map<String, Outcome> known = new LinkedHashMap<>();
        outcomes.stream()
                .filter(o -> Tag.isValid(o.tag) && request.to().contains(new Tag(o.tag)))
                .forEach(o -> known.putIfAbsent(
                        o.tag, new Outcome(o.tag, o.standsAsPromoted, LogText.oneLine(o.text, MAX_TEXT))));
        return new UndoneReceipt(attempted, List.copyOf(known.values()));
    }

    /**
     * Where one target stands now.
     *
     * @param standsAsPromoted whether it could not be put back, and may stand for the promoted image
     * @param text the same for people: {@code put back to sha256:0123456789ab}
     */
    public record Outcome(String tag, boolean standsAsPromoted, String text) implements Serializable {}

    /** Where all of them stand, for the end of an error. */
    String text() {
        return "now in " + attempted.image() + ": "
                + outcomes.stream().map(o -> o.tag + " " + o.text).collect(Collectors.joining(", "));
    }
}
