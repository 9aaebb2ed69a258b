package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;
import java.util.Optional;

/** Quay's notifications of the event {@code repo_push}, which say neither when nor what was pushed. */
final class QuayParser implements PayloadParser {

    @Override
    public String source() {
        return "Quay";
    }

    @Override
    public boolean understands(JsonValue body) {
        return !body.text("docker_url").isEmpty() && !body.text("repository").isEmpty();
    }

    @Override
    public List<PushEvent> events(JsonValue body) throws PayloadException {
        ImageName image = Fields.image("docker_url", body.text("docker_url"));
        return Fields.each(
                body.field("updated_tags").itemTexts(),
                tag -> Optional.of(new PushEvent(
                        image,
                        Fields.tag("updated_tags", tag),
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        Optional.empty())));
    }
}
