package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Sends a request to an address that was looked at before, by a connection of its own. The JDK's client resolves a host
 * by itself when it connects, so that a name server may have told the one who looked something else; nor does it say
 * where it connected to.
 *
 * <p>Through a proxy it is the proxy that resolves the name: there the host's certificate is what tells it from others.
 */
final class PinnedSender implements Sender {

    private final Addresses addresses;
    private final ProxySettings proxy;
    private final Timing timing;
    private final SSLContext tls;

    /** @param certificateAuthority PEM text of the authority to trust besides the platform's, or empty */
    PinnedSender(Network network, String certificateAuthority, Addresses addresses) {
        this.addresses = addresses;
        this.proxy = network.proxy();
        this.timing = network.timing();
        this.tls = SharedHttpClients.trusting(certificateAuthority);
    }

    @Override
    public Answer send(HttpCall call, Optional<String> authorization) throws IOException {
        if (!(call.body() instanceof RequestBody.Bytes body)
                || !Origin.of(call.uri()).isEncrypted()) {
            throw new IllegalArgumentException("neither a stream nor plain http is for this sender");
        }
        try (PinnedConnection connection = new PinnedConnection(call, timing)) {
            return exchange(call, body, authorization, connection);
        }
    }

    private Answer exchange(
            HttpCall call, RequestBody.Bytes body, Optional<String> authorization, PinnedConnection connection)
            throws IOException {
        try {
            if (proxy.appliesTo(call.uri())) {
                connection.connectThrough(proxy);
            } else {
                connection.connect(addresses.of(call));
            }
            connection.encrypt(tls);
            connection.write(head(call, body, authorization));
            connection.write(body.content());
            InputStream in = new BufferedInputStream(connection.input());
            ResponseHead head = ResponseHead.read(in);
            return new Answer(call, call.uri(), head.status(), head.headers(), BodyStream.of(content(call, head, in)));
        } catch (IOException e) {
            throw connection.explained(e);
        }
    }

    /** Nothing of a success matters to who only tells something. */
    private static byte[] content(HttpCall call, ResponseHead head, InputStream in) throws IOException {
        if (call.method().equals("HEAD")) {
            return new byte[0];
        }
        return call.isReading() ? WireBody.read(head, in) : head.body(in);
    }

    private static byte[] head(HttpCall call, RequestBody.Bytes body, Optional<String> authorization) {
        StringBuilder head = new StringBuilder(call.method() + ' ' + target(call.uri()) + " HTTP/1.1\r\n");
        call.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        Map<String, String> own =
                Map.of("Host", call.uri().getRawAuthority(), "User-Agent", USER_AGENT, "Connection", "close");
        own.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        authorization.ifPresent(value -> head.append("Authorization: " + value + "\r\n"));
        if (!call.isReading()) {
            head.append("Content-Type: " + body.mediaType() + "\r\n");
            head.append("Content-Length: " + body.content().length + "\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String target(URI uri) {
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + '?' + uri.getRawQuery();
    }
}
