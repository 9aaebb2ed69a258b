package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** GitHub's webhooks of the events {@code package} and {@code registry_package}, for its container registry. */
final class GitHubParser implements PayloadParser {

    private static final String HOST = "ghcr.io/";

    @Override
    public String source() {
        return "GitHub";
    }

    @Override
    public boolean understands(JsonValue body) {
        // The second is the ping that GitHub sends when the webhook is made.
        return packageOf(body).isObject() || !body.text("zen").isEmpty() && body.hasNumber("hook_id");
    }

    private static JsonValue packageOf(JsonValue body) {
        JsonValue found = body.field("package");
        return found.isObject() ? found : body.field("registry_package");
    }

    @Override
    public List<PushEvent> events(JsonValue body) throws PayloadException {
        JsonValue found = packageOf(body);
        JsonValue version = found.field("package_version");
        JsonValue tag = version.field("container_metadata").field("tag");
        boolean isPush = List.of("published", "updated").contains(body.text("action"));
        if (!isPush
                || !found.text("package_type").equalsIgnoreCase("container")
                || tag.text("name").isEmpty()) {
            return List.of();
        }
        String owner = found.field("owner").text("login");
        String path = (owner.isEmpty() ? found.text("namespace") : owner) + "/" + found.text("name");
        return List.of(new PushEvent(
                Fields.image("package.name", HOST + path.toLowerCase(Locale.ROOT)),
                Fields.tag("container_metadata.tag.name", tag.text("name")),
                Fields.digest(tag.text("digest").isEmpty() ? version.text("version") : tag.text("digest")),
                body.field("sender").text("login"),
                Fields.instant(version.text("updated_at")).or(() -> Fields.instant(found.text("updated_at"))),
                Optional.empty()));
    }
}
