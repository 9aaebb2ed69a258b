package io.jenkins.plugins.dockerpromotion.registry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.Relay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every operation over a connection that is reset once: before a response, in its status line, between its
 * headers, or in its body. The outcome must be the same as without the reset.
 */
class BrokenLineTest {

    private static final int PLACES = 12;

    @ParameterizedTest
    @EnumSource
    void endsAsIfTheLineHadNotBroken(Scenario operation) throws Exception {
        String result;
        Map<String, String> state;
        long bytes;
        try (World world = operation.world();
                Relay whole = new Relay(operation.faulty(world).uri())) {
            result = run(operation, world, whole);
            state = world.state();
            bytes = whole.answered();
        }
        List<String> problems = new ArrayList<>();
        for (int place = 0; place < PLACES; place++) {
            // The first bytes one by one, to break the status line.
            long behind = place < 4 ? place : place * bytes / PLACES;
            try (World world = operation.world();
                    Relay breaking =
                            Relay.breakingBehind(behind, operation.faulty(world).uri())) {
                String outcome = outcome(operation, world, breaking);
                if (!outcome.equals(result) && !outcome.equals("gone before")) {
                    problems.add("behind " + behind + " of " + bytes + " bytes: " + outcome);
                } else if (!world.state().equals(state)) {
                    problems.add("behind " + behind + " of " + bytes + " bytes it left " + world.state());
                }
            }
        }
        assertThat(problems).isEmpty();
    }

    private static String outcome(Scenario operation, World world, Relay relay) {
        try {
            return run(operation, world, relay);
        } catch (Exception e) {
            return e.toString();
        }
    }

    private static String run(Scenario operation, World world, Relay relay) throws Exception {
        HttpTestServer server = operation.faulty(world);
        return operation.run(world.moved(server, relay.uri()), world.network().context());
    }
}
