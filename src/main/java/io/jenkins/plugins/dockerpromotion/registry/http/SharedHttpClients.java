package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * The JDK clients of this process, shared by operations so that connections are, too. They carry no credentials: those
 * go with each request. Held weakly: a JDK client has no close method in Java 17, and ends its thread and connections
 * once nobody holds it, so an idle process and a class loader that is no longer needed keep nothing.
 */
final class SharedHttpClients {

    private static final Map<Key, WeakReference<HttpClient>> CLIENTS = new HashMap<>();

    private SharedHttpClients() {}

    private record Key(String proxy, String certificateAuthority, Duration connect) {}

    static HttpClient get(ProxySettings proxy, String certificateAuthority, Duration connect) {
        Key key = new Key(proxy.key(), certificateAuthority, connect);
        synchronized (CLIENTS) {
            CLIENTS.values().removeIf(r -> r.refersTo(null));
            WeakReference<HttpClient> known = CLIENTS.get(key);
            HttpClient client = known == null ? null : known.get();
            if (client == null) {
                client = make(proxy, certificateAuthority, connect);
                CLIENTS.put(key, new WeakReference<>(client));
            }
            return client;
        }
    }

    private static HttpClient make(ProxySettings proxy, String certificateAuthority, Duration connect) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                // Many small requests over few connections: nothing to win by HTTP/2, and its upgrade header over
                // plain http confuses simple servers.
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(connect)
                .proxy(proxy.selector())
                .executor(executor());
        if (!certificateAuthority.isEmpty()) {
            builder.sslContext(trusting(certificateAuthority));
        }
        return builder.build();
    }

    /** Threads that go away when idle and hold on to no class loader. */
    private static Executor executor() {
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, "docker-promotion-http");
            thread.setDaemon(true);
            thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
            return thread;
        });
    }

    /** @param pem the authorities to trust besides the platform's, or empty */
    static SSLContext trusting(String pem) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int index = 0;
            for (X509Certificate known : platformAuthorities()) {
                store.setCertificateEntry("platform-" + index++, known);
            }
            for (X509Certificate added : pem.isEmpty() ? List.<X509Certificate>of() : Certificates.parse(pem)) {
                store.setCertificateEntry("added-" + index++, added);
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trustManagers(store), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("certificates cannot be kept in memory", e);
        }
    }

    private static X509Certificate[] platformAuthorities() throws GeneralSecurityException {
        for (TrustManager manager : trustManagers(null)) {
            if (manager instanceof X509TrustManager x509) {
                return x509.getAcceptedIssuers();
            }
        }
        return new X509Certificate[0];
    }

    /** @param store {@code null} for the platform's own */
    private static TrustManager[] trustManagers(KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
