package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** Sends a request to one address, that of the call or one behind a redirect, and follows none itself. */
interface Hop {

    /**
     * @param uri where to
     * @param authorization the value of {@code Authorization} for this address
     * @return the answer, whatever its status, its body yet to be read
     */
    Answer send(HttpCall call, URI uri, Optional<String> authorization) throws IOException, InterruptedException;
}
