package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads what Docker Hub's API knows of one tag ("Read repository tag"). This counts as no pull. */
public record HubTag(URI api, ImageReference tagged, Authorizer authorizer) implements Reading<Optional<ListedTag>> {

    /** A tag of many platforms has some 20 KiB. */
    private static final int MAX_TAG = 1024 * 1024;

    public HttpCall call() {
        URI uri = api.resolve(path(tagged.name()) + "/" + tagged.reference());
        return HttpCall.getJson("look for " + tagged, uri, authorizer);
    }

    @Override
    public boolean accepts(int status) {
        return status == 200 || status == 404;
    }

    @Override
    public Optional<ListedTag> read(Answer answer) throws IOException {
        if (answer.status() == 404) {
            return Optional.empty();
        }
        JsonValue body = answer.json(MAX_TAG);
        if (!body.text("name").equals(tagged.reference())) {
            throw answer.failure("the answer is not about this tag");
        }
        return Optional.of(of(body));
    }

    static String path(ImageName image) {
        return "/v2/namespaces/" + image.namespace() + "/repositories/" + image.repository() + "/tags";
    }

    /**
     * Reads an entry whose name is a tag. The digest at its top is not in Docker's documentation; where it is missing it is
     * unknown, also for a single platform, which may stand in an index of its own.
     */
    static ListedTag of(JsonValue entry) {
        Map<Digest, Long> platforms = new HashMap<>();
        for (JsonValue image : entry.field("images").items()) {
            digest(image.text("digest")).ifPresent(digest -> platforms.put(digest, image.number("size", 0)));
        }
        Optional<Instant> pushed = moment(entry.text("tag_last_pushed")).or(() -> moment(entry.text("last_updated")));
        return new ListedTag(new Tag(entry.text("name")), digest(entry.text("digest")), pushed, platforms);
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
