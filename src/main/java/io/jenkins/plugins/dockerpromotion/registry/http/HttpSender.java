package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicSchemeFactory;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.entity.AbstractHttpEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends a request to one address with Apache HttpClient, only to allowed hosts, and without following redirects. All
 * operations of this process that have the same proxy and certificate authorities share connections, which carry no
 * credentials.
 */
final class HttpSender {

    private static final String USER_AGENT = "jenkins-docker-promotion";
    private static final int BUFFER = 128 * 1024;
    private static final TimeValue IDLE = TimeValue.ofSeconds(30);

    /** Far more than operations use at once; they have their own limits. */
    private static final int MAX_CONNECTIONS = 1_000;

    private static final Map<Key, Client> CLIENTS = new ConcurrentHashMap<>();

    private final Client client;
    private final ProxySettings proxy;
    private final Timing timing;
    private final HostRules hosts;

    HttpSender(Network network, String certificateAuthority) {
        this.proxy = network.proxy();
        this.timing = network.timing();
        this.hosts = network.hosts();
        this.client = CLIENTS.computeIfAbsent(
                new Key(proxy.key(), certificateAuthority, timing.connect()),
                key -> new Client(proxy, certificateAuthority, timing.connect()));
    }

    private record Key(String proxy, String certificateAuthority, Duration connect) {}

    /**
     * @param uri the address of the request, or of a redirect
     * @param authorization the value of {@code Authorization} for this address
     * @return the answer with any status; its body has not been read yet
     */
    Answer send(RegistryRequest request, Authorizer authorizer, URI uri, Optional<String> authorization)
            throws IOException {
        Origin origin = Origin.of(uri);
        if (!hosts.allow(origin)) {
            throw new RegistryException(request.failureText(origin + " is not among the allowed registry hosts; an"
                    + " administrator sets them in Manage Jenkins » System » Docker Image Promotion"));
        }
        HttpUriRequestBase message = message(request, uri, authorization);
        StallGuard guard = new StallGuard(timing.answer(), message::cancel);
        message.setEntity(entity(request.body(), guard));
        HttpClientContext context = HttpClientContext.create();
        context.setCredentialsProvider((scope, c) -> proxyCredentials());
        ClassicHttpResponse response;
        try (guard) {
            response = client.http.executeOpen(null, message, context);
        } catch (IOException | IllegalStateException e) {
            // The client throws the latter when its connection was taken away.
            throw guard.explained(e);
        } finally {
            client.closeIdleLater();
        }
        if (context.getResponse() == null) {
            response.close();
            throw RegistryException.tunnelRefused(request, response.getCode());
        }
        return new Answer(request, authorizer, uri, response, message::cancel, timing.silence());
    }

    private HttpUriRequestBase message(RegistryRequest request, URI uri, Optional<String> authorization) {
        HttpUriRequestBase message = new HttpUriRequestBase(request.method(), uri);
        request.headers().forEach(message::setHeader);
        message.setHeader("User-Agent", USER_AGENT);
        message.setHeader("Accept-Encoding", "identity");
        if (!request.body().mediaType().isEmpty()) {
            message.setHeader("Content-Type", request.body().mediaType());
        }
        authorization.ifPresent(a -> message.setHeader("Authorization", a));
        boolean tunnelled = Origin.of(uri).isEncrypted();
        if (!tunnelled) {
            proxy.authorizationFor(uri).ifPresent(a -> message.setHeader("Proxy-Authorization", a));
        }
        message.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(longer(timing.answer(), timing.silence())))
                .setConnectionRequestTimeout(Timeout.of(timing.answer()))
                .setAuthenticationEnabled(
                        tunnelled && proxy.authorizationFor(uri).isPresent())
                .setProtocolUpgradeEnabled(false)
                .build());
        return message;
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private UsernamePasswordCredentials proxyCredentials() {
        return proxy.username().isEmpty()
                ? null
                : new UsernamePasswordCredentials(
                        proxy.username(), proxy.password().toCharArray());
    }

    private static HttpEntity entity(RequestBody body, StallGuard guard) {
        return body == RequestBody.NONE ? null : new CountedEntity(body, guard);
    }

    private static final class CountedEntity extends AbstractHttpEntity {
        private final RequestBody body;
        private final StallGuard guard;

        CountedEntity(RequestBody body, StallGuard guard) {
            super((String) null, null, false);
            this.body = body;
            this.guard = guard;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] buffer = new byte[(int) Math.min(BUFFER, Math.max(1, body.length()))];
            InputStream in = body.content().get();
            guard.sending();
            long left = body.length();
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException("the content ended " + left + " bytes early");
                }
                out.write(buffer, 0, count);
                guard.sent(count);
                left -= count;
            }
            if (!body.isRepeatable() && in.read() >= 0) {
                throw new IOException("the content is longer than " + body.length() + " bytes");
            }
            guard.done();
        }

        @Override
        public InputStream getContent() {
            return body.content().get();
        }

        @Override
        public long getContentLength() {
            return body.length();
        }

        @Override
        public boolean isStreaming() {
            return !body.isRepeatable();
        }

        @Override
        public boolean isRepeatable() {
            return body.isRepeatable();
        }

        @Override
        public void close() {
            // The caller closes the source of the body.
        }
    }

    /** One HTTP client with its connections. */
    private static final class Client {

        private final PoolingHttpClientConnectionManager connections;
        private final CloseableHttpClient http;
        private final AtomicBoolean closesIdle = new AtomicBoolean();

        Client(ProxySettings proxy, String certificateAuthority, Duration connect) {
            TlsSocketStrategy tls = certificateAuthority.isEmpty() ? new PlatformTls() : tls(certificateAuthority);
            connections = new PoolingHttpClientConnectionManager(
                    new DefaultHttpClientConnectionOperator(
                            // Sockets of channels, because an interrupt ends their operations immediately.
                            socks -> SocketChannel.open().socket(),
                            null,
                            new InterruptibleDns(connect),
                            RegistryBuilder.<TlsSocketStrategy>create()
                                    .register("https", tls)
                                    .build()),
                    PoolConcurrencyPolicy.LAX,
                    PoolReusePolicy.LIFO,
                    null,
                    ManagedHttpClientConnectionFactory.builder()
                            .http1Config(Http1Config.custom()
                                    .setMaxHeaderCount(300)
                                    .setMaxLineLength(64 * 1024)
                                    .build())
                            // The default parser continues to read after data that is not HTTP, until the timeout.
                            .responseParserFactory(DefaultHttpResponseParserFactory.INSTANCE)
                            // Notices a server that refuses a body while it is sent. On an encrypted connection,
                            // each check costs a millisecond.
                            .responseOutOfOrderStrategy(new MonitoringResponseOutOfOrderStrategy(32 * BUFFER))
                            .build());
            connections.setMaxTotal(MAX_CONNECTIONS);
            connections.setDefaultMaxPerRoute(MAX_CONNECTIONS);
            connections.setDefaultConnectionConfig(ConnectionConfig.custom()
                    .setConnectTimeout(Timeout.of(connect))
                    .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
                    .build());
            http = HttpClientBuilder.create()
                    .setConnectionManager(connections)
                    .setRoutePlanner((host, context) -> route(proxy, host))
                    .setTargetAuthenticationStrategy((type, challenges, context) -> List.of())
                    // The default would load the list of public suffixes for cookies, which are disabled.
                    .setDefaultCookieSpecRegistry(name -> null)
                    .setDefaultCredentialsProvider((scope, context) -> null)
                    .setDefaultAuthSchemeRegistry(
                            name -> name.equalsIgnoreCase("basic") ? BasicSchemeFactory.INSTANCE : null)
                    .disableAutomaticRetries()
                    .disableRedirectHandling()
                    .disableContentCompression()
                    .disableCookieManagement()
                    .disableConnectionState()
                    .disableAuthCaching()
                    .disableDefaultUserAgent()
                    .build();
        }

        static TlsSocketStrategy tls(String certificateAuthority) {
            return new DefaultClientTlsStrategy(
                    Certificates.trusting(certificateAuthority),
                    HostnameVerificationPolicy.BUILTIN,
                    NoopHostnameVerifier.INSTANCE);
        }

        private static HttpRoute route(ProxySettings proxy, HttpHost host) {
            boolean secure = host.getSchemeName().equals("https");
            int port = host.getPort() > 0 ? host.getPort() : secure ? 443 : 80;
            HttpHost target = new HttpHost(host.getSchemeName(), host.getHostName(), port);
            return proxy.appliesTo(URI.create(target.toURI()))
                    ? new HttpRoute(target, null, new HttpHost("http", proxy.host(), proxy.port()), secure)
                    : new HttpRoute(target, null, secure);
        }

        /**
         * Closes idle connections later. The client's own thread for this would never end, and keep the classes of each
         * connection to a controller in the memory of an agent.
         */
        void closeIdleLater() {
            if (closesIdle.compareAndSet(false, true)) {
                CompletableFuture.delayedExecutor(IDLE.toSeconds(), TimeUnit.SECONDS)
                        .execute(() -> {
                            closesIdle.set(false);
                            connections.closeIdle(IDLE);
                            if (connections.getTotalStats().getAvailable() > 0) {
                                closeIdleLater();
                            }
                        });
            }
        }
    }

    /** TLS with the platform's authorities, which are read when the first connection needs them. */
    private static final class PlatformTls implements TlsSocketStrategy {
        private TlsSocketStrategy tls;

        @Override
        public SSLSocket upgrade(Socket socket, String target, int port, Object attachment, HttpContext context)
                throws IOException {
            return opened().upgrade(socket, target, port, attachment, context);
        }

        private synchronized TlsSocketStrategy opened() {
            if (tls == null) {
                tls = Client.tls("");
            }
            return tls;
        }
    }

    /** Java waits for DNS without a timeout, and ignores interrupts. */
    private static final class InterruptibleDns extends SystemDefaultDnsResolver {
        private final Duration patience;

        InterruptibleDns(Duration patience) {
            this.patience = patience;
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            FutureTask<InetAddress[]> lookup = new FutureTask<>(() -> InetAddress.getAllByName(host));
            Thread thread = new Thread(lookup, "docker-promotion-dns");
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            thread.start();
            try {
                return lookup.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new UnknownHostException("interrupted");
            } catch (ExecutionException | TimeoutException e) {
                throw new UnknownHostException(host);
            }
        }
    }

    /**
     * Ends a request if its server neither reads the body nor starts to answer. The timeout of the socket applies to
     * each byte, and not to writing.
     */
    private static final class StallGuard implements AutoCloseable {

        private final Duration span;
        private final Runnable abort;
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private long moved;
        private boolean sending;
        private String reason = "";

        StallGuard(Duration span, Runnable abort) {
            this.span = span;
            this.abort = abort;
            watch();
        }

        private void watch() {
            ended.copy()
                    .completeOnTimeout(null, span.toMillis(), TimeUnit.MILLISECONDS)
                    .thenRun(this::check);
        }

        private synchronized void check() {
            if (ended.isDone()) {
                return;
            }
            if (moved == 0) {
                reason = "no answer within " + span.toSeconds() + " s";
            } else if (sending && moved * 1000 < Answer.SLOWEST * span.toMillis()) {
                reason = "it accepts less than " + Answer.SLOWEST + " bytes per second";
            }
            moved = 0;
            if (reason.isEmpty()) {
                watch();
            } else {
                abort.run();
            }
        }

        synchronized void sending() {
            sending = true;
        }

        synchronized void sent(long count) {
            moved += count;
        }

        synchronized void done() {
            sending = false;
        }

        synchronized IOException explained(Exception e) {
            if (!reason.isEmpty()) {
                return new SocketTimeoutException(reason);
            }
            return e instanceof IOException broken ? broken : new IOException(e.getMessage());
        }

        @Override
        public void close() {
            ended.complete(null);
        }
    }
}
