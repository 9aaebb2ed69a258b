package io.jenkins.plugins.dockerpromotion.steps;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/**
 * An in-memory registry in a separate process, so that its threads and memory do not count in a measurement. It can
 * hold all requests.
 */
public final class GatedRegistry implements AutoCloseable {

    /** The repository with one image and the tag {@link #TAG}. */
    public static final String REPOSITORY = "app/one";

    public static final String TAG = "2026.47.1";

    private final Process process;
    private final BufferedReader answers;
    private final String host;

    private GatedRegistry(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.host = answers.readLine();
    }

    /** @param tags the number of tags of the repository {@code app/many}; {@code app/one} has one tag */
    public static GatedRegistry start(int tags) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp"));
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(GatedRegistry.class.getName());
        command.add(String.valueOf(tags));
        return new GatedRegistry(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Returns the address, such as {@code 127.0.0.1:5000}. */
    public String host() {
        return host;
    }

    /** Holds every request from now on. */
    public void shut() throws IOException {
        ask("shut");
    }

    /** Releases all held requests and returns their number. */
    public int open() throws IOException {
        return Integer.parseInt(ask("open"));
    }

    /** Returns the number of held requests. */
    public int waiting() throws IOException {
        return Integer.parseInt(ask("waiting"));
    }

    private synchronized String ask(String command) throws IOException {
        process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return answers.readLine();
    }

    @Override
    public void close() {
        process.destroy();
    }

    /**
     * Runs the registry in the other process. Prints the host and port, then reads commands from standard input and
     * prints the number of held requests for each.
     */
    public static void main(String[] arguments) throws IOException {
        AtomicReference<CountDownLatch> gate = new AtomicReference<>(new CountDownLatch(0));
        AtomicInteger waiting = new AtomicInteger();
        try (InMemoryRegistry registry = InMemoryRegistry.start();
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            registry.push(REPOSITORY, TAG, TestImage.docker(1));
            registry.addTags(
                    "app/many",
                    TestImage.docker(1),
                    IntStream.range(0, Integer.parseInt(arguments[0]))
                            .mapToObj(n -> "2026.47." + n)
                            .toList());
            registry.onRequest(
                    request -> {
                        pass(gate.get(), waiting);
                        return false;
                    },
                    Fault.status(500));
            System.out.println(registry.host());
            Map<String, Runnable> known = Map.of(
                    "shut", () -> gate.set(new CountDownLatch(1)),
                    "open", () -> gate.get().countDown(),
                    "waiting", () -> {});
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                int count = waiting.get();
                known.get(command).run();
                System.out.println(count);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void pass(CountDownLatch gate, AtomicInteger waiting) {
        waiting.incrementAndGet();
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.decrementAndGet();
        }
    }
}
