package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** Follows redirects where that is safe. A credential never leaves the origin it is for. */
final class HttpSender implements Sender {

    private static final int MAX_REDIRECTS = 5;

    private final Hop hop;

    HttpSender(Hop hop) {
        this.hop = hop;
    }

    /** @return the answer that is no redirect to follow */
    @Override
    public Answer send(HttpCall call, Optional<String> authorization) throws IOException, InterruptedException {
        Origin home = Origin.of(call.uri());
        URI uri = call.uri();
        for (int hops = 0; ; hops++) {
            boolean atHome = Origin.of(uri).equals(home);
            Answer answer = hop.send(call, uri, atHome ? authorization : Optional.empty());
            if (answer.header("Content-Encoding")
                    .filter(e -> !e.equalsIgnoreCase("identity"))
                    .isPresent()) {
                answer.close();
                throw answer.failure("the answer is compressed though nobody asked for it");
            }
            Optional<String> location = answer.header("Location");
            if (!call.isReading() || !isRedirect(answer.status()) || location.isEmpty()) {
                return answer;
            }
            answer.close();
            if (hops == MAX_REDIRECTS) {
                throw answer.failure("it was redirected more than " + MAX_REDIRECTS + " times");
            }
            uri = Redirects.target(answer, uri, location.get());
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }
}
