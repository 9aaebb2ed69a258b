package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;
import java.util.Optional;

/** Harbor's webhooks, in their default format. */
final class HarborParser implements PayloadParser {

    @Override
    public String source() {
        return "Harbor";
    }

    @Override
    public boolean understands(JsonValue body) {
        return body.field("event_data").isObject() && !body.text("type").isEmpty();
    }

    @Override
    public List<PushEvent> events(JsonValue body) throws PayloadException {
        return body.text("type").equals("PUSH_ARTIFACT")
                ? Fields.each(body.field("event_data").field("resources").items(), resource -> event(body, resource))
                : List.of();
    }

    private static Optional<PushEvent> event(JsonValue body, JsonValue resource) throws PayloadException {
        String url = resource.text("resource_url");
        int slash = url.indexOf('/');
        // An artifact without tag is named by its digest, and no tag was pushed.
        if (slash < 0 || resource.text("tag").isEmpty() || resource.text("tag").startsWith("sha256:")) {
            return Optional.empty();
        }
        String path = body.field("event_data").field("repository").text("repo_full_name");
        return Optional.of(new PushEvent(
                Fields.image("repo_full_name", url.substring(0, slash) + "/" + path),
                Fields.tag("tag", resource.text("tag")),
                Fields.digest(resource.text("digest")),
                body.text("operator"),
                Fields.seconds(body.number("occur_at", 0)),
                Optional.empty()));
    }
}
