package io.jenkins.plugins.dockerpromotion.steps;

import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;

/** Puts in words what a test of an image found. */
final class ProbeText {

    private ProbeText() {}

    static FormValidation reached(ImageProbe.Question question, ImageProbe.Finding finding) {
        TagQuery.Found found = finding.found();
        String tags = finding.isComplete()
                ? Messages.ImageProbe_tags(found.looked())
                : Messages.ImageProbe_firstTags(found.looked());
        String text = question.pattern()
                .map(pattern -> Messages.ImageProbe_matching(tags, found.matching(), pattern))
                .orElse(tags);
        if (question.pattern().isPresent() && !found.tags().isEmpty()) {
            text = Messages.ImageProbe_newest(text, found.tags().get(0));
        }
        return FormValidation.ok(Messages.ImageProbe_reached(question.image(), as(finding.as()), text));
    }

    private static String as(RegistryAuthentication authentication) {
        if (authentication instanceof Basic basic) {
            return Messages.ImageProbe_as(basic.username());
        }
        return authentication instanceof Bearer
                ? Messages.ImageProbe_withToken()
                : Messages.ImageProbe_withoutCredentials();
    }
}
