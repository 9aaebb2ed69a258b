package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Tag;

/**
 * What is to become of a tag.
 *
 * @param delete whether it goes
 * @param reason why, for people
 */
public record Decision(TagFacts facts, boolean delete, String reason) {

    static Decision keep(TagFacts facts, String reason) {
        return new Decision(facts, false, reason);
    }

    static Decision delete(TagFacts facts, String reason) {
        return new Decision(facts, true, reason);
    }

    public Tag tag() {
        return facts.tag();
    }
}
