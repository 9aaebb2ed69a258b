package io.jenkins.plugins.dockerpromotion.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/** An HTTP server on the loopback interface that records requests and injects faults. */
public abstract class HttpTestServer implements AutoCloseable {

    static {
        // Without TCP_NODELAY, the kernel delays small responses by 40 ms, which would distort benchmarks.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    // With the default backlog of 50, further connections of a burst wait a second for retransmission.
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool(HttpTestServer::daemon);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final RequestLog log = new RequestLog();
    private final List<Planned> faults = new CopyOnWriteArrayList<>();
    private final List<Consumer<RecordedRequest>> watchers = new CopyOnWriteArrayList<>();
    private final URI uri;
    private volatile Duration delay = Duration.ZERO;

    HttpTestServer(Options options) {
        try {
            server = options.tls().isPresent() ? HttpsServer.create() : HttpServer.create();
            options.tls().ifPresent(tls -> ((HttpsServer) server).setHttpsConfigurator(new HttpsConfigurator(tls)));
            server.bind(new InetSocketAddress("127.0.0.1", options.port()), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String scheme = options.tls().isPresent() ? "https" : "http";
        uri = URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
        server.setExecutor(threads);
        server.createContext("/", this::serve);
    }

    final void listen() {
        server.start();
    }

    /** Handles a request. HEAD is handled like GET; the caller omits the body. */
    abstract Response answer(Incoming request) throws IOException;

    /** {@code http://127.0.0.1:port}, without a trailing slash. */
    public final URI uri() {
        return uri;
    }

    /** {@code 127.0.0.1:port}, the host in image names. */
    public final String host() {
        return uri.getAuthority();
    }

    /** The name of an image on this server: {@code 127.0.0.1:port/group/app}. */
    public final ImageName image(String repository) {
        return ImageName.parse(host() + "/" + repository);
    }

    public final RequestLog requests() {
        return log;
    }

    /** Adds a fault. If several match a request, the first one with repetitions left applies. */
    public final void onRequest(Predicate<RecordedRequest> predicate, Fault fault) {
        faults.add(new Planned(predicate, fault, new AtomicInteger(fault.times())));
    }

    /** Adds a fault for the requests that {@link RecordedRequest#matching(String, String)} selects. */
    public final void onRequest(String methods, String pathRegex, Fault fault) {
        onRequest(RecordedRequest.matching(methods, pathRegex), fault);
    }

    /** Calls {@code action} with each matching request before the server handles it. */
    public final void before(String methods, String pathRegex, Consumer<RecordedRequest> action) {
        Predicate<RecordedRequest> predicate = RecordedRequest.matching(methods, pathRegex);
        watchers.add(request -> {
            if (predicate.test(request)) {
                action.accept(request);
            }
        });
    }

    /** Runs {@code action} once, before the server handles the first matching request. */
    public final void beforeFirst(Predicate<RecordedRequest> predicate, Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        watchers.add(request -> {
            if (predicate.test(request) && done.compareAndSet(false, true)) {
                action.run();
            }
        });
    }

    public final void clearFaults() {
        faults.clear();
    }

    /** Delays every request, to simulate network latency. */
    public final void delayEveryRequest(Duration duration) {
        delay = duration;
    }

    /** Frees the port and aborts pending requests. */
    @Override
    public void close() {
        // Must come first: a client may retry as soon as its request is aborted.
        server.stop(0);
        closed.countDown();
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) {
        Incoming request = new Incoming(exchange, log);
        try (exchange) {
            pause(delay);
            watchers.forEach(watcher -> watcher.accept(request.record()));
            Response answer = withFaults(request);
            new Response.Writer(exchange, request, closed).write(answer);
        } catch (IOException e) {
            // The client disconnected, or the server is being closed.
        } finally {
            log.end();
        }
    }

    private Response withFaults(Incoming request) throws IOException {
        for (Planned planned : faults) {
            if (planned.predicate.test(request.record()) && planned.take()) {
                return planned.fault.apply(() -> answerOrFailure(request));
            }
        }
        return answerOrFailure(request);
    }

    private Response answerOrFailure(Incoming request) throws IOException {
        try {
            return answer(request);
        } catch (RuntimeException e) {
            return Response.error(500, "UNKNOWN", "the test server failed: " + e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "http-test-server");
        thread.setDaemon(true);
        return thread;
    }

    /** Delays a response. Closing the server interrupts it. */
    static void pause(Duration duration) throws InterruptedIOException {
        if (duration.isZero()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the server was closed");
        }
    }

    /** Port 0 selects a free port. */
    record Options(int port, Optional<SSLContext> tls) {

        static final Options DEFAULT = new Options(0, Optional.empty());

        Options withPort(int changed) {
            return new Options(changed, tls);
        }

        Options withTls(SSLContext context) {
            return new Options(port, Optional.of(context));
        }
    }

    private record Planned(Predicate<RecordedRequest> predicate, Fault fault, AtomicInteger left) {

        boolean take() {
            return left.getAndUpdate(n -> Math.max(n - 1, 0)) > 0;
        }
    }
}
