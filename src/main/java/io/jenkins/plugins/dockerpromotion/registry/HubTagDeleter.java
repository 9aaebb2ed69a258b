package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import java.net.URI;
import java.util.Map;

/**
 * Removes one tag by Docker Hub's own API, as Docker's own tool does: its registry does not delete. Returns whether the
 * tag was there.
 *
 * @param api Docker Hub's API, without path
 * @param target by tag
 */
public record HubTagDeleter(URI api, ImageReference target, Authorizer authorizer) implements Reading<Boolean> {

    /** What to send. */
    public HttpCall call() {
        String path = "/v2/repositories/" + target.name().namespace() + "/"
                + target.name().repository() + "/tags/" + target.reference() + "/";
        return new HttpCall(
                "delete the tag " + target, "DELETE", api.resolve(path), Map.of(), RequestBody.NONE, authorizer);
    }

    @Override
    public boolean accepts(int status) {
        return status == 200 || status == 202 || status == 204 || status == 404;
    }

    @Override
    public Boolean read(Answer answer) {
        return answer.status() != 404;
    }
}
