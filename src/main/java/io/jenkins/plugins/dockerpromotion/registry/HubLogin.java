package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.UnauthorizedException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Gets a token of Docker Hub's API for a user name and a password, a personal access token, or an organisation and its
 * access token (Docker Hub API, "Create access token").
 *
 * @param api Docker Hub's API, without path
 */
public record HubLogin(URI api, Basic credential) implements Reading<String> {

    private static final int MAX_REFUSAL = 64 * 1024;

    /** What to send. */
    public HttpCall call() {
        byte[] body = Json.object(Map.of("identifier", credential.username(), "secret", credential.password()));
        return new HttpCall(
                "get a token of '" + credential.username() + "'",
                "POST",
                api.resolve("/v2/auth/token"),
                Map.of("Accept", "application/json"),
                new RequestBody.Bytes(body, "application/json"),
                Authorizer.inBody(credential, "check the credentials of '" + credential.username() + "'"));
    }

    /** A refusal is read as well: it tells a wrong password from one that two-factor login makes useless. */
    @Override
    public boolean accepts(int status) {
        return status == 200 || status == 401;
    }

    @Override
    public String read(Answer answer) throws IOException {
        if (answer.status() == 401) {
            throw refused(answer);
        }
        String token = answer.json().text("access_token");
        try {
            return new Bearer(token).token();
        } catch (IllegalArgumentException e) {
            throw answer.failure("its answer holds no token that can be used");
        }
    }

    private RegistryException refused(Answer answer) throws IOException {
        // A proxy in between may refuse with a page of its own.
        boolean secondFactor = Json.parse(answer.bytes(MAX_REFUSAL))
                .filter(body -> !body.text("login_2fa_token").isEmpty())
                .isPresent();
        String why = secondFactor
                ? "the account uses two-factor login, so its password is not enough; make an access token in the"
                        + " account's settings on Docker Hub and store it as the password"
                : "user name and password or access token do not match (401); check the credentials";
        return new UnauthorizedException(call().failureText(why), new RegistryException.Reason(401, List.of(), false));
    }
}
