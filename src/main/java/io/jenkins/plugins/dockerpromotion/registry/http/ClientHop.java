package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a request by the JDK's client, which keeps connections for the next one; to the allowed hosts alone. */
final class ClientHop implements Hop {

    private final HttpClient client;
    private final ProxySettings proxy;
    private final Timing timing;
    private final HostRules hosts;

    ClientHop(Network network, String certificateAuthority) {
        this.proxy = network.proxy();
        this.timing = network.timing();
        this.hosts = network.hosts();
        this.client = SharedHttpClients.get(proxy, certificateAuthority, timing.connect());
    }

    @Override
    public Answer send(HttpCall call, URI uri, Optional<String> authorization)
            throws IOException, InterruptedException {
        Origin origin = Origin.of(uri);
        if (!hosts.allow(origin)) {
            throw new RegistryException(call.failureText(origin + " is not among the allowed registry hosts; an"
                    + " administrator sets them in Manage Jenkins » System » Docker Image Promotion"));
        }
        UploadProgress progress = new UploadProgress(call.body());
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).method(call.method(), progress.publisher());
        call.headers().forEach(request::setHeader);
        request.setHeader("User-Agent", Sender.USER_AGENT);
        if (!call.body().mediaType().isEmpty()) {
            request.setHeader("Content-Type", call.body().mediaType());
        }
        authorization.ifPresent(a -> request.setHeader("Authorization", a));
        proxy.authorizationFor(uri).ifPresent(a -> request.setHeader("Proxy-Authorization", a));
        // The client's idle connections keep this handler: if it led back to the client, neither would ever be
        // collected.
        Duration silence = timing.silence();
        HttpResponse<BodyStream> response =
                await(client.sendAsync(request.build(), info -> new BodyStream(silence)), progress);
        // A proxy's refusal to open a tunnel comes without a body.
        BodyStream body = response.body() == null ? BodyStream.empty() : response.body();
        return new Answer(call, uri, response.statusCode(), response.headers(), body);
    }

    /** Waits for the headers; as long as a large body is on its way up, only a standstill counts as silence. */
    private HttpResponse<BodyStream> await(
            CompletableFuture<HttpResponse<BodyStream>> response, UploadProgress progress)
            throws IOException, InterruptedException {
        try {
            while (true) {
                long before = progress.sent();
                try {
                    return response.get(timing.answer().toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    long sent = progress.sent() - before;
                    if (sent == 0) {
                        throw new HttpTimeoutException(
                                "no answer within " + timing.answer().toSeconds() + " s");
                    }
                    if (!progress.isDone()
                            && !new Pace(timing.answer())
                                    .keptBy(sent, timing.answer().toNanos())) {
                        throw new HttpTimeoutException("it takes less than " + Pace.SLOWEST + " bytes a second");
                    }
                }
            }
        } catch (ExecutionException e) {
            throw ioException(e.getCause());
        } catch (IOException | InterruptedException e) {
            giveUp(response);
            throw e;
        }
    }

    /** The JDK's client wraps what the stream of a request's body threw. */
    private static IOException ioException(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof UncheckedIOException wrapper) {
                return wrapper.getCause();
            }
        }
        return thrown instanceof IOException io ? io : new IOException(thrown);
    }

    /** Ends the exchange, above all when a build is aborted; the answer may have come in this very moment. */
    private static void giveUp(CompletableFuture<HttpResponse<BodyStream>> response) {
        response.cancel(true);
        response.thenAccept(late -> Optional.ofNullable(late.body()).ifPresent(BodyStream::close));
    }
}
