package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The form fields of a token request by POST. */
record TokenForm(String encoded) {

    List<String> values(String name) {
        // A form is encoded like a query, and a record knows how to read one.
        return new RecordedRequest("POST", "", encoded, Map.of(), 0, 0, 0).parameters(name);
    }

    Optional<String> value(String name) {
        return values(name).stream().findFirst();
    }

    Optional<BasicCredentials> credentials() {
        return value("username").flatMap(user -> value("password").map(secret -> new BasicCredentials(user, secret)));
    }
}
