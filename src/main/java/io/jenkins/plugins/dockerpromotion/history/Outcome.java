package io.jenkins.plugins.dockerpromotion.history;

import java.util.Locale;
import java.util.function.Supplier;

/** What became of a promotion. */
public enum Outcome {
    /** At least one tag stands for the image now that did not before. */
    PROMOTED(Messages::Outcome_promoted),
    /** All tags stood for the image already. */
    UNCHANGED(Messages::Outcome_unchanged),
    /** It was a dry run. */
    PLANNED(Messages::Outcome_planned),
    /** It failed or was aborted when tags had begun to move; the targets say what stands where. */
    FAILED(Messages::Outcome_failed);

    private final Supplier<String> label;

    Outcome(Supplier<String> label) {
        this.label = label;
    }

    /** For people. */
    public String getLabel() {
        return label.get();
    }

    /** As it stands in an address and in names of styles. */
    public String getId() {
        return name().toLowerCase(Locale.ROOT);
    }
}
