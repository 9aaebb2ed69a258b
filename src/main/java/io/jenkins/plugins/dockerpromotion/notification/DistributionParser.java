package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The CNCF registry's notifications ({@code application/vnd.docker.distribution.events.v1+json}), which GitLab sends
 * too. Only pushes of manifests under a tag count, not those of their blobs.
 */
final class DistributionParser implements PayloadParser {

    @Override
    public String source() {
        return "CNCF registry";
    }

    @Override
    public boolean understands(JsonValue body) {
        return body.field("events").isArray();
    }

    @Override
    public List<PushEvent> events(JsonValue body) throws PayloadException {
        return Fields.each(body.field("events").items(), DistributionParser::event);
    }

    private static Optional<PushEvent> event(JsonValue event) throws PayloadException {
        JsonValue target = event.field("target");
        if (!event.text("action").equals("push") || target.text("tag").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new PushEvent(
                Fields.image("target.repository", host(event) + "/" + target.text("repository")),
                Fields.tag("target.tag", target.text("tag")),
                Fields.digest(target.text("digest")),
                event.field("actor").text("name"),
                Fields.instant(event.text("timestamp")),
                Optional.empty()));
    }

    /** The registry does not know its name; the host its client asked for is the one in the image's name. */
    private static String host(JsonValue event) throws PayloadException {
        String asked = event.field("request").text("host");
        return asked.isEmpty()
                ? Fields.address(event.field("target").text("url"))
                        .map(URI::getAuthority)
                        .orElseThrow(() -> new PayloadException("'request.host' is missing"))
                : asked;
    }
}
