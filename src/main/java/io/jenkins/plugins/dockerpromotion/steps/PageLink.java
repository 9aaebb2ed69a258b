package io.jenkins.plugins.dockerpromotion.steps;

import hudson.console.HyperlinkNote;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryPage;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.util.Optional;

/** A text in the log that links to the page of an image, if its registry has one. */
final class PageLink {

    private PageLink() {}

    /** @param text the text of the link */
    static String of(ImageName image, String text) {
        return link(RegistryPage.of(image), text);
    }

    /** Links to the page of a tag; to that of the image for a digest. */
    static String of(ImageReference reference, String text) {
        return link(
                Tag.isValid(reference.reference())
                        ? RegistryPage.of(reference.name(), new Tag(reference.reference()))
                        : RegistryPage.of(reference.name()),
                text);
    }

    /** Links to the page of a repository on Docker Hub. */
    static String toDescription(ImageName image, String text) {
        return link(RegistryPage.ofDescription(image), text);
    }

    private static String link(Optional<URI> page, String text) {
        return page.map(address -> HyperlinkNote.encodeTo(address.toString(), text))
                .orElse(text);
    }
}
