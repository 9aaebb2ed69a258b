package io.jenkins.plugins.dockerpromotion.registry.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates.Flaw;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs every operation against an unreachable server. Checks the error, and that nothing was changed. */
class UnreachableTest {

    /** @return the error */
    private static String fails(Scenario operation, URI address, boolean temporary, String why) {
        try (World world = operation.world()) {
            HttpTestServer server = operation.faulty(world);
            world.moved(server, address);
            Map<String, String> before = world.state();
            TestNetwork network = world.network();

            Throwable thrown = catchThrowable(() -> operation.run(world, network.context()));

            assertThat(thrown).as(operation.name()).isInstanceOf(RegistryException.class);
            assertThat(thrown).hasMessageStartingWith("Cannot ");
            assertThat(thrown).hasMessageContaining(address.getAuthority());
            assertThat(thrown).hasMessageContaining(why);
            assertThat(thrown.getMessage()).hasLineCount(1);
            assertThat(((RegistryException) thrown).status())
                    .as("not a refusal")
                    .isZero();
            assertThat(((RegistryException) thrown).isTemporary()).isEqualTo(temporary);
            assertThat(network.notices().isEmpty()).isEqualTo(!temporary);
            assertThat(world.state()).isEqualTo(before);
            assertThat(server.requests().count()).isZero();
            return thrown.getMessage();
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatTheConnectionIsRefused(Scenario operation) throws IOException {
        // Bound, so that no other process takes the port, but not listening.
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            URI closed = URI.create("https://127.0.0.1:" + socket.getLocalPort());
            fails(operation, closed, true, "the connection was refused; check the host, the port and the proxy");
        }
    }

    @ParameterizedTest
    @EnumSource
    void saysThatThereIsNoSuchHost(Scenario operation) {
        fails(
                operation,
                URI.create("https://registry.invalid"),
                true,
                "the host name cannot be resolved; check the host and the proxy");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnExpiredCertificate(Scenario operation) {
        refusesTheCertificate(operation, Flaw.EXPIRED);
    }

    @ParameterizedTest
    @EnumSource
    void refusesTheCertificateOfAnotherHost(Scenario operation) {
        refusesTheCertificate(operation, Flaw.OTHER_HOST);
    }

    @ParameterizedTest
    @EnumSource
    void refusesACertificateThatSomebodySignedForHimself(Scenario operation) {
        refusesTheCertificate(operation, Flaw.SELF_SIGNED);
    }

    private static void refusesTheCertificate(Scenario operation, Flaw flaw) {
        try (InMemoryRegistry flawed = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().flawedContext(flaw))
                .start()) {
            String why = fails(operation, flawed.uri(), false, "its TLS certificate or protocol is not accepted (");
            assertThat(why.contains("an administrator can set its certificate authority"))
                    .isEqualTo(flaw == Flaw.SELF_SIGNED);
            assertThat(flawed.requests().count()).isZero();
        }
    }

    /** An error status must not look like an unreachable registry: its error has the status and other advice. */
    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404})
    void tellsARefusalFromSilence(int status) {
        try (World world = Scenario.INSPECT.world()) {
            world.registry()
                    .onRequest(
                            r -> r.path().contains("/manifests/"),
                            Fault.status(status).always());

            Throwable thrown = catchThrowable(
                    () -> Scenario.INSPECT.run(world, world.network().context()));

            assertThat(thrown)
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.status()).isEqualTo(status))
                    .hasMessageContaining(status == 404 ? "check that it exists" : "check the password of 'ci'");
        }
    }
}
