package io.jenkins.plugins.dockerpromotion.registry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Ten thousand operations, some of which fail, leak no threads, connections, files or memory. */
class EnduranceTest {

    private static final int OPERATIONS = 10_000;
    private static final int WARM_UP = 1_000;

    /** Tolerance for connections that clients and servers keep alive, and for other activity of the machine. */
    private static final long SLACK = 20;

    private static final long HEAP_SLACK = 24L * 1024 * 1024;
    private static final Path OPEN_FILES = Path.of("/proc/self/fd");

    @Test
    void leavesNothingBehind() throws Exception {
        try (World world = new World().withRegistries()) {
            world.registry()
                    .onRequest(
                            r -> r.path().endsWith("/manifests/flaky"),
                            Fault.closeMidBody().always());
            TestNetwork network = world.network();
            world.registry().tag(World.APP, "flaky", "2019.20.103");
            run(world, network, WARM_UP);
            long threads = clientThreads();
            long files = openFiles();
            long heap = settled(EnduranceTest::heap, 0);

            run(world, network, OPERATIONS);

            assertThat(settled(EnduranceTest::clientThreads, threads + SLACK)).isLessThanOrEqualTo(threads + SLACK);
            assertThat(settled(EnduranceTest::openFiles, files + SLACK)).isLessThanOrEqualTo(files + SLACK);
            assertThat(settled(EnduranceTest::heap, heap + HEAP_SLACK)).isLessThanOrEqualTo(heap + HEAP_SLACK);
        }
    }

    /**
     * Opens a new client for every tenth operation, as each step does. Operations succeed, find no tag, or lose the
     * connection.
     */
    private static void run(World world, TestNetwork network, int operations) throws Exception {
        RegistryClient client = null;
        for (int i = 0; i < operations; i++) {
            if (i % 10 == 0) {
                client = RegistryClient.open(world.app(), World.CI, Set.of(), network.context());
            }
            try {
                client.pull(ImageReference.tagged(world.app(), new Tag(tag(i))));
                assertThat(tag(i)).isEqualTo("2019.20.103");
            } catch (NotFoundException e) {
                assertThat(tag(i)).isEqualTo("absent");
            } catch (IOException e) {
                assertThat(tag(i)).isEqualTo("flaky");
            }
            if (i % 100 == 0) {
                // The request log belongs to the test and must not count as a leak.
                world.registry().requests().clear();
                network.notices().clear();
                network.time().pauses().clear();
            }
        }
        world.registry().requests().clear();
        network.notices().clear();
        network.time().pauses().clear();
    }

    private static String tag(int i) {
        return i % 50 == 1 ? "flaky" : i % 3 == 0 ? "absent" : "2019.20.103";
    }

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("docker-promotion")
                        || t.getName().startsWith("HttpClient"))
                .count();
    }

    /** Counts open file descriptors, sockets included. Returns 0 where the system has no {@code /proc}. */
    private static long openFiles() {
        if (!Files.isDirectory(OPEN_FILES)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(OPEN_FILES)) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /**
     * Waits up to 15 seconds for the value to drop to {@code wanted}, because threads and connections end with a delay.
     * Returns the last value.
     */
    private static long settled(LongSupplier value, long wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        long now = value.getAsLong();
        while (now > wanted && wanted > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000_000);
            now = value.getAsLong();
        }
        return now;
    }
}
