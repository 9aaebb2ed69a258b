package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations are serialized to the agent, and their exceptions back to the controller. */
class SerializationTest {

    @SuppressWarnings("unchecked")
    private static <T> T copy(T original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(original);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }

    static Stream<Object> values() {
        ImageName image = ImageName.parse("registry.example.com:5000/group/app");
        return Stream.of(
                image,
                new Tag("1.0"),
                Digest.sha256(new byte[0]),
                ImageReference.tagged(image, Tag.LATEST),
                new Basic("ci", "secret"),
                new Bearer("secret"),
                RegistryAuthentication.ANONYMOUS,
                Timing.DEFAULT,
                RegistryLocation.usual("docker.io"),
                RegistryLocation.plain("localhost:5000"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void keepsValues(Object value) throws Exception {
        assertThat(copy(value)).isEqualTo(value);
    }

    @Test
    void keepsTheNetwork() throws Exception {
        RegistryLocation location = new RegistryLocation(
                "registry.intern", URI.create("http://registry.intern"), URI.create("http://registry.intern"), "PEM");
        ProxySettings proxy = new ProxySettings("proxy", 3128, "u", "p", List.of(Pattern.compile(".*\\.intern")));
        HostRules hosts = new HostRules(List.of("registry.intern"));
        Network copy = copy(new Network(List.of(location), proxy, Timing.DEFAULT).with(hosts));
        assertThat(copy.locations()).containsEntry("registry.intern", location);
        assertThat(copy.hosts()).isEqualTo(hosts);
        assertThat(copy.proxy().key()).isEqualTo(proxy.key());
        assertThat(copy.proxy().appliesTo(URI.create("https://a.intern"))).isFalse();
    }

    @Test
    void keepsFailures() throws Exception {
        RegistryException.Reason reason = new RegistryException.Reason(404, List.of("MANIFEST_UNKNOWN"), false);
        for (RegistryException failure : List.of(
                new RegistryException("a", reason),
                new NotFoundException("a", reason),
                new UnauthorizedException("a", reason))) {
            RegistryException copy = copy(failure);
            assertThat(copy).isInstanceOf(failure.getClass()).hasMessage("a");
            assertThat(copy.status()).isEqualTo(404);
            assertThat(copy.codes()).containsExactly("MANIFEST_UNKNOWN");
            assertThat(copy.isTemporary()).isFalse();
        }
    }

    @Test
    void keepsFailuresOfTheNetwork() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        TestNetwork network = new TestNetwork().with(TestNetwork.SHORT);
        HttpTransport transport = new HttpTransport(network.context(), "");
        for (String address : List.of("http://127.0.0.1:" + closed, "https://no-such-host.invalid")) {
            RegistryRequest get = RegistryRequest.getJson("try", URI.create(address));
            RegistryException failure = catchThrowableOfType(
                    RegistryException.class, () -> transport.call(get, Authorizer.NONE, Answer::status));
            assertThat(failure).hasNoCause();
            assertThat(copy(failure)).hasMessage(failure.getMessage());
        }
    }
}
