package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.util.Optional;

/** Sends a request once. */
interface Sender {

    String USER_AGENT = "jenkins-docker-promotion";

    /**
     * @param authorization the value of {@code Authorization} for the origin of the call
     * @return the answer, whatever its status, its body yet to be read
     */
    Answer send(HttpCall call, Optional<String> authorization) throws IOException, InterruptedException;
}
