package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes the page of a repository by Docker Hub's API; sends only what differs, so that nothing else is overwritten.
 *
 * @param api Docker Hub's API, without path
 * @param before what stands there now
 * @param after what is to stand there
 */
public record HubPageWriter(URI api, ImageName image, HubPage before, HubPage after, Authorizer authorizer)
        implements Reading<Void> {

    /** What to send. */
    public HttpCall call() {
        Map<String, String> changes = new LinkedHashMap<>();
        if (!after.description().equals(before.description())) {
            changes.put("description", after.description());
        }
        if (!after.fullDescription().equals(before.fullDescription())) {
            changes.put("full_description", after.fullDescription());
        }
        byte[] body = Json.object(changes);
        return new HttpCall(
                "change the page of " + image,
                "PATCH",
                api.resolve(HubPageReader.path(image)),
                Map.of("Accept", "application/json"),
                // Not to be sent again as it is: by then somebody may have changed the page.
                new RequestBody.Stream(() -> new ByteArrayInputStream(body), body.length, "application/json"),
                authorizer);
    }

    @Override
    public Void read(Answer answer) {
        return null;
    }
}
