package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one page of a repository's tags (OCI distribution specification, "Listing Tags"), while it arrives: a registry
 * that knows no pages sends all tags at once.
 */
record TagPage(ImageName image, URI target) implements RegistryOperation<TagPage.Content> {

    /** A page of a hundred thousand long tags; no registry is known to send more at once. */
    private static final long MAX_PAGE = 32L * 1024 * 1024;

    /**
     * @param tags in the registry's order
     * @param next where the next page is
     */
    record Content(List<Tag> tags, Optional<URI> next) {}

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "list the tags of " + image,
                "GET",
                target.toString(),
                Map.of("Accept", "application/json"),
                Scope.pull(image.path()));
    }

    @Override
    public Content read(Answer answer) throws IOException {
        List<Tag> tags = new ArrayList<>();
        boolean isList = answer.forEachText("tags", MAX_PAGE, text -> {
            if (Tag.isValid(text)) {
                tags.add(new Tag(text));
            }
        });
        // To take something else for an empty list would be to delete what it does not name.
        if (!isList) {
            throw answer.failure("the answer is not a list of tags");
        }
        return new Content(tags, NextLink.of(answer));
    }
}
