package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * The connection for one exchange with one host. It is made over a channel, so that an interrupt ends it at once, and all
 * of it has a limit, so that a server which sends a byte now and then cannot hold it for ever.
 */
final class PinnedConnection implements AutoCloseable {

    private final HttpCall call;
    private final Timing timing;
    private final CompletableFuture<Void> limit = new CompletableFuture<>();
    private volatile SocketChannel channel;
    private Socket socket;

    PinnedConnection(HttpCall call, Timing timing) {
        this.call = call;
        this.timing = timing;
        limit.orTimeout(whole(), TimeUnit.MILLISECONDS).exceptionally(late -> {
            closeChannel();
            return null;
        });
    }

    private long whole() {
        return timing.connect().plus(timing.answer()).toMillis();
    }

    private int port() {
        return Origin.of(call.uri()).port();
    }

    /** Connects to the first of {@code addresses} that answers. */
    void connect(List<InetAddress> addresses) throws IOException {
        IOException failure = null;
        for (InetAddress address : addresses) {
            try {
                connect(new InetSocketAddress(address, port()));
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }

    private void connect(InetSocketAddress address) throws IOException {
        closeChannel();
        channel = SocketChannel.open();
        socket = channel.socket();
        try {
            socket.connect(address, millis(timing.connect().toMillis()));
        } catch (SocketTimeoutException e) {
            throw new HttpConnectTimeoutException(e.getMessage());
        }
        socket.setSoTimeout(millis(timing.silence().toMillis()));
    }

    private static int millis(long millis) {
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Lets the proxy connect to the call's host, which it resolves itself. */
    void connectThrough(ProxySettings proxy) throws IOException {
        URI uri = call.uri();
        String target = uri.getHost() + ':' + port();
        String authorization = proxy.authorizationFor(uri)
                .map(value -> "Proxy-Authorization: " + value + "\r\n")
                .orElse("");
        connect(new InetSocketAddress(proxy.host(), proxy.port()));
        write(("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + authorization + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        int status = ResponseHead.read(input()).status();
        if (status >= 300) {
            throw new RegistryException(call.failureText("the proxy answered " + status
                    + "; check Jenkins' proxy configuration and what the proxy lets pass"));
        }
    }

    /** Makes sure that the host is who the call means, by its certificate. */
    void encrypt(SSLContext tls) throws IOException {
        Socket layered = tls.getSocketFactory().createSocket(socket, call.uri().getHost(), port(), true);
        if (!(layered instanceof SSLSocket encrypted)) {
            throw new IllegalStateException("this Java makes no TLS sockets");
        }
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        socket = encrypted;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    InputStream input() throws IOException {
        return socket.getInputStream();
    }

    /** What {@code e} means if it came of the limits: a connection that was cut looks broken otherwise. */
    IOException explained(IOException e) {
        if (limit.isCompletedExceptionally()) {
            return new HttpTimeoutException("no whole answer within " + whole() / 1000 + " s");
        }
        return e instanceof SocketTimeoutException
                ? new HttpTimeoutException("silent for " + timing.silence().toSeconds() + " s")
                : e;
    }

    /** Without the farewell of TLS, for which the other end could make it wait. */
    @Override
    public void close() {
        limit.complete(null);
        closeChannel();
    }

    private void closeChannel() {
        SocketChannel open = channel;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // It is of no use any more, closed or not.
            }
        }
    }
}
