package io.jenkins.plugins.dockerpromotion.registry.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryBlobServer;
import io.jenkins.plugins.dockerpromotion.testing.RecordedRequest;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs every operation against a server that redirects to another one in every response. The other server must see no
 * credentials and no token.
 */
class LureTest {

    private static final Predicate<RecordedRequest> ALL = request -> true;

    @ParameterizedTest
    @EnumSource
    void showsNothingBehindARedirect(Scenario operation) throws Exception {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            Function<String, Fault> redirect = other -> Fault.status(status).header("Location", other + "/v2/");
            lure(operation, ALL, redirect);
            int seen = lure(operation, r -> r.authorization().isPresent(), redirect);
            if (operation == Scenario.FIND_TAG) {
                assertThat(seen).as("a redirect is followed").isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void showsNothingOnANextPage(Scenario operation) throws Exception {
        lure(operation, ALL, other -> Fault.replaceHeader("Link", "<" + other + "/v2/next>; rel=\"next\""));
    }

    @ParameterizedTest
    @EnumSource
    void showsNothingWhereAnUploadIsToGo(Scenario operation) throws Exception {
        lure(operation, ALL, other -> Fault.replaceHeader("Location", other + "/upload?x=1"));
        lure(
                operation,
                r -> r.method().equals("POST"),
                other -> Fault.status(202).header("Location", other + "/upload?x=1"));
    }

    @ParameterizedTest
    @EnumSource
    void showsNothingToAStrangersTokenService(Scenario operation) throws Exception {
        for (String realm : List.of("https://127.0.0.1.evil.test/token", "http://evil.test/token", "//evil.test")) {
            lure(
                    operation,
                    ALL,
                    other -> Fault.status(401)
                            .header(
                                    "WWW-Authenticate",
                                    "Basic realm=\"" + other + "\", Bearer realm=\"" + realm + '"'));
        }
    }

    private static int lure(Scenario operation, Predicate<RecordedRequest> when, Function<String, Fault> fault)
            throws Exception {
        try (World world = operation.world();
                InMemoryBlobServer other = InMemoryBlobServer.start()) {
            operation
                    .faulty(world)
                    .onRequest(when, fault.apply(other.uri().toString()).always());
            try {
                operation.run(world, world.network().context());
            } catch (IOException e) {
                assertThat(e.getMessage()).hasLineCount(1).doesNotContain(World.CI.password());
            }
            List<RecordedRequest> seen = other.requests().all();
            assertThat(seen).allSatisfy(request -> {
                assertThat(request.authorization()).isEmpty();
                assertThat(request.headers().toString() + request.path() + request.query())
                        .doesNotContain(World.CI.password(), "Bearer", "account=", "authorization");
            });
            return seen.size();
        }
    }
}
