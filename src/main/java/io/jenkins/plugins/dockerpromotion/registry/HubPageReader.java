package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import java.io.IOException;
import java.net.URI;

/**
 * Reads the page of a repository from Docker Hub's API.
 *
 * @param api Docker Hub's API, without path
 */
public record HubPageReader(URI api, ImageName image, Authorizer authorizer) implements Reading<HubPage> {

    /** Forty times what Docker Hub lets a page have, since its answer may escape each character. */
    private static final int MAX_REPOSITORY = 1024 * 1024;

    /** What to send. */
    public HttpCall call() {
        return HttpCall.getJson("read the page of " + image, api.resolve(path(image)), authorizer);
    }

    @Override
    public HubPage read(Answer answer) throws IOException {
        JsonValue body = answer.json(MAX_REPOSITORY);
        // To take a page that was not sent for an empty one would be to overwrite it.
        if (!body.has("description") || !body.has("full_description")) {
            throw answer.failure("the answer is not a repository with its descriptions");
        }
        return new HubPage(body.text("description"), body.text("full_description"));
    }

    static String path(ImageName image) {
        return "/v2/repositories/" + image.namespace() + "/" + image.repository() + "/";
    }
}
