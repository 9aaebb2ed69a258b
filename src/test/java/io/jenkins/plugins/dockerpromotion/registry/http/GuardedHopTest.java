package io.jenkins.plugins.dockerpromotion.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The name {@code localhost} stands for a host of the Internet here, and the address 127.0.0.1 for itself. */
class GuardedHopTest {

    private final List<String> resolved = new ArrayList<>();
    private InMemoryRegistry known;
    private InMemoryRegistry inside;

    @BeforeEach
    void open() {
        known = start();
        inside = start();
    }

    private static InMemoryRegistry start() {
        InMemoryRegistry registry = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().serverContext())
                .basic()
                .user("robot", "secret")
                .start();
        registry.push("app", "1.0", TestImage.docker(1));
        return registry;
    }

    @AfterEach
    void close() {
        known.close();
        inside.close();
    }

    private List<InetAddress> resolve(HttpCall call) throws RegistryException {
        String host = call.uri().getHost();
        resolved.add(host);
        InetAddress here = InetAddress.getLoopbackAddress();
        return host.equals("localhost") ? List.of(here) : PublicAddresses.required(call, List.of(here));
    }

    private String tags(Network network, URI uri) throws RegistryException, InterruptedException {
        RegistryAuthentication robot = new RegistryAuthentication.Basic("robot", "secret");
        RegistryContext context = new RegistryContext(network, Timekeeper.SYSTEM, Notices.NONE);
        HttpCaller caller = HttpCaller.guarded(
                network, TestNetwork.testAuthority(), this::resolve, context.time(), context.notices());
        TokenService tokens = new TokenService(caller, Origin.of(uri), robot, context.time());
        Scope pull = Scope.pull("app");
        Authorizer authorizer = new RegistryAuthorizer(robot, tokens, Set.of(pull), null).needing(pull);
        return caller.call(HttpCall.getJson("list", uri, authorizer), answer -> new String(answer.bytes(1_000), UTF_8));
    }

    private static URI list(HttpTestServer server) {
        return server.uri().resolve("/v2/app/tags/list");
    }

    private static URI byName(HttpTestServer server) {
        return URI.create("https://localhost:" + server.uri().getPort() + "/v2/app/tags/list");
    }

    private void refusedWithoutAConnection(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.status()).isZero());
        assertThat(inside.requests().count()).isZero();
    }

    @Test
    void asksAHostOfTheInternetAtTheAddressThatWasLookedAt() throws Exception {
        assertThat(tags(Network.usual(), byName(known))).contains("1.0");
        assertThat(resolved).isNotEmpty().containsOnly("localhost");
    }

    @Test
    void asksWhatAnAdministratorNamedWithoutLookingAtItsAddress() throws Exception {
        assertThat(tags(TestNetwork.of(known).network(), list(known))).contains("1.0");
        assertThat(tags(Network.usual().with(HostRules.of(List.of(known.host()))), list(known)))
                .contains("1.0");
        assertThat(resolved).isEmpty();
    }

    @Test
    void asksNobodyElseInThisNetwork() {
        refusedWithoutAConnection(() -> tags(TestNetwork.of(known).network(), list(inside)));
        refusedWithoutAConnection(
                () -> tags(TestNetwork.of(known).network(), URI.create("http://" + inside.host() + "/v2/")));
        refusedWithoutAConnection(() ->
                tags(Network.usual().with(HostRules.of(List.of(known.host()))), byName(inside)));
    }

    /** It looks names up by itself. */
    @Test
    void asksNobodyElseThroughAProxy() {
        ProxySettings proxy = new ProxySettings("127.0.0.1", inside.uri().getPort(), "", "", List.of());
        refusedWithoutAConnection(() ->
                tags(new Network(List.of(), proxy, Timing.DEFAULT), URI.create("https://registry.example.com/v2/")));
        assertThat(resolved).isEmpty();
    }

    @Test
    void followsNoRedirectIntoThisNetwork() {
        known.onRequest(
                r -> true,
                Fault.status(307).header("Location", list(inside).toString()).always());

        refusedWithoutAConnection(() -> tags(Network.usual(), byName(known)));
        refusedWithoutAConnection(() -> tags(TestNetwork.of(known).network(), list(known)));
        assertThat(known.requests().count()).isEqualTo(2);
    }

    @Test
    void followsARedirectToAnotherHostOfTheInternetWithoutTheCredential() throws Exception {
        known.onRequest(
                r -> r.authorizationScheme().isPresent(),
                Fault.status(307).header("Location", byName(inside).toString()).always());

        assertThatThrownBy(() -> tags(Network.usual(), byName(known))).isInstanceOf(UnauthorizedException.class);

        assertThat(inside.requests().count()).isEqualTo(1);
        assertThat(inside.requests().last().authorizationScheme()).isEmpty();
    }

    @Test
    void asksNoTokenServiceInThisNetwork() {
        try (InMemoryRegistry leading = InMemoryRegistry.builder()
                .tls(TestCertificates.shared().serverContext())
                .bearer()
                .realm(inside.uri() + "/token")
                .start()) {
            refusedWithoutAConnection(() -> tags(Network.usual(), byName(leading)));
            refusedWithoutAConnection(() -> tags(TestNetwork.of(leading).network(), list(leading)));
            assertThat(leading.requests().count()).isEqualTo(2);
        }
    }
}
