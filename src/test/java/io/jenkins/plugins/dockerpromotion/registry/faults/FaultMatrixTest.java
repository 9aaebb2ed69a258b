package io.jenkins.plugins.dockerpromotion.registry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.faults.Trouble.Kind;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every operation with every fault, in one request and in all requests. The operation must either succeed as
 * without the fault, or fail with one line that says what failed and where, and that lists what was changed.
 */
class FaultMatrixTest {

    /** Short timeouts, for servers that do not answer. */
    private static final Timing IMPATIENT =
            new Timing(Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(2), 2, Duration.ofMinutes(2));

    private static final Timing PATIENT = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(20), 3, Duration.ofMinutes(2));

    /** Upper limit for the bytes that an operation reads, including buffers. */
    private static final long MOST_BYTES = 80L * 1024 * 1024;

    /**
     * The outcome of an operation.
     *
     * @param thrown the exception, if the operation failed
     */
    private record Ending(String result, Optional<Exception> thrown, Map<String, String> before, World world) {

        Map<String, String> after() {
            return world.state();
        }
    }

    private static Ending run(Scenario operation, World world) {
        Map<String, String> before = world.state();
        TestNetwork network = world.network();
        try {
            return new Ending(operation.run(world, network.context()), Optional.empty(), before, world);
        } catch (Exception e) {
            return new Ending("", Optional.of(e), before, world);
        }
    }

    private static Timing timing(Kind kind) {
        return kind == Kind.SILENT ? IMPATIENT : PATIENT;
    }

    @ParameterizedTest
    @EnumSource
    void endsWellOrSaysWhatFailedWhere(Scenario operation) throws Exception {
        assertThat(problems(cells(operation, trouble -> trouble.kind() != Kind.SILENT), 8))
                .isEmpty();
    }

    /** Runs all cells at once, because they only wait for timeouts. */
    @Test
    void givesUpOnServersThatDoNotAnswer() throws Exception {
        List<Callable<String>> cells = new ArrayList<>();
        for (Scenario operation : Scenario.values()) {
            // Callbacks have timeouts of their own.
            if (operation != Scenario.CALLBACK) {
                cells.addAll(cells(operation, trouble -> trouble.kind() == Kind.SILENT));
            }
        }
        assertThat(problems(cells, 64)).isEmpty();
    }

    private static List<Callable<String>> cells(Scenario operation, Predicate<Trouble> wanted) {
        try (World world = operation.world().with(PATIENT)) {
            Ending clean = run(operation, world);
            int requests = operation.faulty(world).requests().count();
            assertThat(clean.thrown).isEmpty();
            assertThat(requests).isPositive();
            Map<String, String> state = clean.after();
            List<Callable<String>> cells = new ArrayList<>();
            for (Trouble trouble : Trouble.all().stream().filter(wanted).toList()) {
                for (int request = 1; trouble.everywhere() && request <= requests; request++) {
                    int number = request;
                    cells.add(() -> cell(operation, trouble, number, clean.result, state));
                }
                cells.add(() -> cell(operation, trouble, 0, clean.result, state));
            }
            return cells;
        }
    }

    /** Runs the cells in parallel, because some of them wait. */
    private static List<String> problems(List<Callable<String>> cells, int width) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(width);
        try {
            List<String> problems = new ArrayList<>();
            for (Future<String> cell : pool.invokeAll(cells, 2, TimeUnit.MINUTES)) {
                String problem = cell.isCancelled() ? "did not end" : cell.get();
                if (!problem.isEmpty()) {
                    problems.add(problem);
                }
            }
            return problems;
        } finally {
            pool.shutdownNow();
        }
    }

    /** @param number the request that gets the fault; 0 for all requests */
    private static String cell(
            Scenario operation, Trouble trouble, int number, String result, Map<String, String> state) {
        try (World world = operation.world().with(timing(trouble.kind()))) {
            AtomicInteger seen = new AtomicInteger();
            operation
                    .faulty(world)
                    .onRequest(
                            r -> number == 0 || seen.incrementAndGet() == number,
                            number == 0 ? trouble.fault().always() : trouble.fault());
            Ending ending = run(operation, world);
            boolean passes = trouble.kind() == Kind.PASSING || trouble.kind() == Kind.SILENT;
            String problem = common(operation, ending);
            if (problem.isEmpty() && passes && number > 0 && ending.thrown.isPresent()) {
                problem = "was not tried again";
            }
            // The client does not read the body of the response to a callback.
            boolean hopeless = passes && number == 0 && operation != Scenario.CALLBACK;
            if (problem.isEmpty() && hopeless && ending.thrown.isEmpty()) {
                problem = "claims to have succeeded";
            }
            if (problem.isEmpty() && ending.thrown.isEmpty() && !mayDiffer(operation, trouble, ending, state)) {
                problem = differing(ending, result, state);
            }
            return problem.isEmpty() ? "" : describe(operation, trouble, number, problem, ending);
        }
    }

    /**
     * A prune keeps a tag that it cannot read and deletes the others. It must not delete more than without the fault.
     */
    private static boolean mayDiffer(Scenario operation, Trouble trouble, Ending ending, Map<String, String> state) {
        return trouble.kind() == Kind.UNTRUE
                || (operation == Scenario.PRUNE && trouble.kind() == Kind.FINAL && keepsMore(ending, state));
    }

    private static boolean keepsMore(Ending ending, Map<String, String> state) {
        Map<String, String> after = ending.after();
        return after.entrySet().containsAll(state.entrySet())
                && ending.before.entrySet().containsAll(after.entrySet());
    }

    private static String differing(Ending ending, String result, Map<String, String> state) {
        if (!ending.after().equals(state)) {
            return "left " + ending.after() + " instead of " + state;
        }
        boolean sameResult = ending.result.equals(result) || ending.result.equals("gone before");
        return sameResult ? "" : "answered " + ending.result + " instead of " + result;
    }

    /** Checks what holds for every outcome. */
    private static String common(Scenario operation, Ending ending) {
        long bytes = ending.world.servers().stream()
                .mapToLong(s -> s.requests().bytes())
                .sum();
        if (bytes > MOST_BYTES) {
            return "took " + bytes + " bytes";
        }
        if (ending.thrown.isEmpty()) {
            return "";
        }
        Exception thrown = ending.thrown.get();
        if (!(thrown instanceof RegistryException)) {
            return "threw an exception that is not declared";
        }
        String message = thrown.getMessage();
        List<String> hosts = ending.world.servers().stream()
                .map(server -> ending.world.address(server).getAuthority())
                .toList();
        if (message.lines().count() != 1 || message.length() > 4000) {
            return "has an error that is not one line";
        }
        if (!message.startsWith("Cannot ") || message.contains("marked-secret")) {
            return "has another error than it should";
        }
        boolean aboutLogin = message.startsWith("Cannot get a token ") && !message.contains("(repository:");
        if (hosts.stream().noneMatch(message::contains) || (!message.contains(operation.subject()) && !aboutLogin)) {
            return "names no host, or no image";
        }
        String untrue = thrown instanceof PromotionException promotion
                ? promotion.undone().stream()
                        .map(undone -> untrue(undone, ending))
                        .collect(Collectors.joining())
                : "";
        return untrue.isEmpty() ? unsaid(ending, message) : untrue;
    }

    /** If the error says that a tag was restored, it must have its old digest. */
    private static String untrue(UndoneReceipt undone, Ending ending) {
        Map<String, String> after = ending.after();
        String image = undone.attempted().image();
        String repository = image.substring(image.indexOf('/') + 1);
        for (UndoneReceipt.Outcome outcome : undone.outcomes()) {
            String key = repository + ':' + outcome.tag();
            boolean putBack = Objects.equals(ending.before.get(key), after.get(key));
            if (!outcome.standsAsPromoted() && !putBack) {
                return "says that " + outcome.tag() + " is " + outcome.text() + ", and it is not";
            }
        }
        return "";
    }

    /** The error must name every tag that changed. */
    private static String unsaid(Ending ending, String message) {
        Map<String, String> after = ending.after();
        after.remove("callback");
        ending.before.remove("callback");
        for (Map.Entry<String, String> before : ending.before.entrySet()) {
            String tag = before.getKey().substring(before.getKey().indexOf(':') + 1);
            boolean changed = !before.getValue().equals(after.remove(before.getKey()));
            if (changed
                    && (!message.contains(tag)
                            || message.matches(".*nothing was (deleted|changed)(?! for certain).*"))) {
                return "does not say that " + before.getKey() + " changed";
            }
        }
        for (String key : after.keySet()) {
            if (!message.contains(key.substring(key.indexOf(':') + 1))) {
                return "does not say that " + key + " is new";
            }
        }
        return "";
    }

    private static String describe(Scenario operation, Trouble trouble, int number, String problem, Ending ending) {
        String thrown = ending.thrown
                .map(e -> e.getClass().getSimpleName() + ": " + e.getMessage())
                .orElse("result " + ending.result);
        String where = number == 0 ? "all requests" : "request " + number;
        return "%n%s with %s, %s: %s (%s)".formatted(operation, trouble, where, problem, thrown);
    }
}
