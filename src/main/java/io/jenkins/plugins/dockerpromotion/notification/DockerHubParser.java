package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;
import java.util.Optional;

/** Docker Hub's webhooks. */
final class DockerHubParser implements PayloadParser {

    @Override
    public String source() {
        return "Docker Hub";
    }

    @Override
    public boolean understands(JsonValue body) {
        return body.field("push_data").isObject() && body.field("repository").isObject();
    }

    @Override
    public List<PushEvent> events(JsonValue body) throws PayloadException {
        JsonValue push = body.field("push_data");
        // With the host in front, no name can claim to be on another registry.
        ImageName image = Fields.image(
                "repository.repo_name",
                ImageName.DOCKER_HUB + "/" + body.field("repository").text("repo_name"));
        return List.of(new PushEvent(
                image,
                Fields.tag("push_data.tag", push.text("tag")),
                Optional.empty(),
                push.text("pusher"),
                Fields.seconds(push.number("pushed_at", 0)),
                Fields.address(body.text("callback_url"))));
    }
}
