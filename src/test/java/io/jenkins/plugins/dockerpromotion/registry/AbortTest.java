package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import io.jenkins.plugins.dockerpromotion.testing.SingleImage;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An aborted build ends its HTTP calls within a second, whatever they wait for. */
class AbortTest extends ClientTest {

    /** The documentation promises one second. A busy machine gets more, but far less than a hang takes. */
    private static final Duration A_MOMENT = Duration.ofSeconds(5);

    private static final long GIGABYTE = 1L << 30;

    private static final Descriptor LARGE = blob(TestImage.docker(2).withLayers(64 * 1024 * 1024));

    private final ImageReference image;

    AbortTest() {
        super(InMemoryRegistry.builder().user("ci", "secret").publicRepository("*"));
        image = tagged("1.0");
        registry.push("group/app", "1.0", TestImage.docker(1));
    }

    private static Descriptor blob(SingleImage image) {
        var layer = List.copyOf(image.blobs().entrySet()).get(1);
        return new Descriptor("", Digest.parse(layer.getKey()), layer.getValue().size(), "");
    }

    private interface Call {
        void run(RegistryClient client) throws Exception;
    }

    private RegistryClient inRealTime() throws RegistryException, InterruptedException {
        return RegistryClient.open(
                image.name(), RegistryAuthentication.ANONYMOUS, Set.of(), network.context(Timekeeper.SYSTEM));
    }

    private void endsWithinASecond(Call call, BooleanSupplier reached) throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                call.run(inRealTime());
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        thread.start();
        while (!reached.getAsBoolean() && thread.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(thrown.get()).isNull();
        long start = System.nanoTime();
        thread.interrupt();
        thread.join(10_000);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(A_MOMENT);
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    private boolean arrived() {
        return registry.requests().count() > 0;
    }

    @Test
    void whileConnecting() throws Exception {
        // A server socket with a full backlog does not answer connection attempts.
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            List<Socket> fillers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                try {
                    filler.connect(deaf.getLocalSocketAddress(), 50);
                } catch (SocketTimeoutException e) {
                    break;
                }
            }
            String host = "127.0.0.1:" + deaf.getLocalPort();
            network = new TestNetwork().and(RegistryLocation.plain(host));
            ImageReference deafImage = ImageReference.tagged(ImageName.parse(host + "/a/b"), new Tag("1.0"));
            CountDownLatch begun = new CountDownLatch(1);
            endsWithinASecond(
                    client -> {
                        begun.countDown();
                        RegistryClient.open(
                                        deafImage.name(),
                                        RegistryAuthentication.ANONYMOUS,
                                        Set.of(),
                                        network.context(Timekeeper.SYSTEM))
                                .pull(deafImage);
                    },
                    () -> begun.getCount() == 0);
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void whileWaitingForAnAnswer() throws Exception {
        registry.onRequest(r -> true, Fault.hang().always());
        endsWithinASecond(client -> client.pull(image), this::arrived);
        assertThat(registry.requests().count()).isEqualTo(1);
    }

    @Test
    void inTheMiddleOfAnAnswer() throws Exception {
        registry.onRequest(r -> true, Fault.hangMidBody().always());
        endsWithinASecond(client -> client.pull(image), this::answered);
    }

    @Test
    void inTheMiddleOfAnErrorsText() throws Exception {
        ImageReference missing = tagged("missing");
        registry.onRequest(r -> true, Fault.hangMidBody().always());
        endsWithinASecond(client -> client.pull(missing), this::answered);
    }

    @Test
    void inBackOff() throws Exception {
        registry.onRequest(
                r -> true, Fault.status(429).header("Retry-After", "60").always());
        endsWithinASecond(client -> client.pull(image), () -> !network.notices().isEmpty());
    }

    @Test
    void whileAnotherCallWaitsForTheToken() throws Exception {
        registry.close();
        try (InMemoryRegistry withTokens =
                InMemoryRegistry.builder().bearer().user("ci", "secret").start()) {
            withTokens.onRequest(
                    RecordedRequest.matching("/token"),
                    Fault.status(503).header("Retry-After", "60").always());
            network = TestNetwork.of(withTokens);
            ImageReference there = ImageReference.tagged(ImageName.parse(withTokens.host() + "/a/b"), new Tag("1.0"));
            RegistryClient shared = RegistryClient.open(
                    there.name(), new Basic("ci", "secret"), Set.of(), network.context(Timekeeper.SYSTEM));
            endsWithinASecond(
                    client -> Parallel.all(Collections.nCopies(4, () -> shared.digestOf(there)), 4),
                    () -> !network.notices().isEmpty());
        }
    }

    @Test
    void inTheMiddleOfALargeBlob() throws Exception {
        registry.push("group/app", "large", TestImage.docker(2).withLayers(64 * 1024 * 1024));
        CountDownLatch reading = new CountDownLatch(1);
        endsWithinASecond(
                client -> client.pullBlob(image.name(), LARGE, in -> {
                    in.readNBytes(100_000);
                    reading.countDown();
                    registry.requests().all();
                    while (in.read() >= 0) {
                        Thread.onSpinWait();
                    }
                }),
                () -> reading.getCount() == 0);
    }

    @Test
    void inTheMiddleOfAStreamFromOneRegistryToAnother() throws Exception {
        registry.push("group/app", "large", TestImage.docker(2).withLayers(64 * 1024 * 1024));
        ImageName target = image("target");
        registry.onRequest(RecordedRequest.matching("GET", ".*/blobs/.*"), Fault.hangMidBody());
        endsWithinASecond(
                client -> {
                    var upload = client.startUpload(target, LARGE.digest()).orElseThrow();
                    client.pullBlob(image.name(), LARGE, in -> client.upload(target, LARGE, upload, in));
                },
                () -> registry.requests().count("PUT", ".*") > 0);
        assertThat(readersOfBodiesEnd()).isTrue();
    }

    @Test
    void whileUploadingToARegistryThatTakesNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                begun.countDown();
                return 'x';
            }
        };
        registry.onRequest(r -> r.method().equals("PUT"), Fault.hang().always());
        endsWithinASecond(
                client -> {
                    var upload =
                            client.startUpload(image.name(), LARGE.digest()).orElseThrow();
                    client.upload(image.name(), LARGE, upload, endless);
                },
                () -> begun.getCount() == 0);
    }

    @Test
    void inTheMiddleOfAGigabyteFromOneRegistryToAnother() throws Exception {
        SingleImage huge = TestImage.docker(3).withLayers(GIGABYTE);
        registry.push("group/app", "huge", huge);
        Descriptor layer = blob(huge);
        ImageName target = image("target");
        CountDownLatch moving = new CountDownLatch(1);
        endsWithinASecond(
                client -> {
                    var upload = client.startUpload(target, layer.digest()).orElseThrow();
                    client.pullBlob(image.name(), layer, in -> {
                        in.readNBytes(1_000_000);
                        moving.countDown();
                        client.upload(target, layer, upload, in);
                    });
                },
                () -> moving.getCount() == 0);
        assertThat(readersOfBodiesEnd()).isTrue();
    }

    @Test
    void whileCallsWaitForTheirTurn() throws Exception {
        registry.onRequest(r -> true, Fault.hang().always());
        int many = 10 * Parallel.PER_HOST;
        endsWithinASecond(
                client -> Parallel.all(Collections.nCopies(many, () -> client.digestOf(image)), Parallel.PER_HOST),
                () -> registry.requests().count() >= Parallel.PER_HOST);
        assertThat(registry.requests().count()).isEqualTo(Parallel.PER_HOST);
    }

    @Test
    void whileSomebodyTakesHisTimeWithEachOfManyTags() throws Exception {
        registry.addTags(
                "group/app",
                TestImage.docker(1),
                IntStream.range(0, 5_000).mapToObj(i -> "t" + i).toList());
        CountDownLatch looking = new CountDownLatch(1);
        endsWithinASecond(
                client -> list(client, image.name(), tag -> {
                    looking.countDown();
                    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
                    while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                    }
                }),
                () -> looking.getCount() == 0);
    }

    @Test
    void doesNothingWhenAlreadyInterrupted() throws Exception {
        RegistryClient client = inRealTime();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> client.pull(image)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    private boolean answered() {
        return registry.requests().count(r -> r.status() != 0) > 0;
    }

    /** Whether all threads that read response bodies have ended. */
    private static boolean readersOfBodiesEnd() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < deadline) {
            boolean reads = Thread.getAllStackTraces().values().stream()
                    .flatMap(Arrays::stream)
                    .anyMatch(frame -> frame.getClassName().startsWith("org.apache.hc.")
                            && frame.getMethodName().contains("read"));
            if (!reads) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
