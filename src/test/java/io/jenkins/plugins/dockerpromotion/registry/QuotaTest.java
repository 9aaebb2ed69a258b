package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tests what an operation reports about the rate limits of its servers. */
class QuotaTest {

    private static final ImageName IMAGE = ImageName.parse("technolog/serviceone");
    private static final ImageReference TAGGED = ImageReference.tagged(IMAGE, new Tag("1.0"));

    private static InMemoryDockerHub dockerHub(int pulls) {
        InMemoryDockerHub hub = InMemoryDockerHub.builder()
                .registry(InMemoryRegistry.builder()
                        .bearer()
                        .publicRepository("*")
                        .pullLimit(pulls)
                        .start())
                .rateLimit(8, Duration.ofMinutes(1))
                .start();
        hub.registry()
                .addTags(
                        IMAGE.path(),
                        TestImage.docker(1),
                        IntStream.range(0, 350).mapToObj(i -> "1." + i).toList());
        return hub;
    }

    private static RegistryClient client(RegistryContext context) throws Exception {
        return RegistryClient.open(IMAGE, RegistryAuthentication.ANONYMOUS, Set.of(), context);
    }

    @Test
    void tellsHowManyPullsAreLeftOnceTheyAreFew() throws Exception {
        try (InMemoryDockerHub hub = dockerHub(8);
                InMemoryRegistry registry = hub.registry()) {
            TestNetwork network = TestNetwork.of(hub);
            RegistryContext context = network.context();
            for (int pull = 0; pull < 6; pull++) {
                client(context).pull(TAGGED);
            }
            assertThat(context.quotas().shortage()).isEmpty();

            client(context).pull(TAGGED);

            assertThat(context.quotas().shortage())
                    .contains("Warning: only 1 of 8 pulls in 6 h are left on " + registry.uri());
            client(context).pull(TAGGED);
            assertThatThrownBy(() -> client(context).pull(TAGGED)).hasMessageContaining("too many requests");
            assertThat(context.quotas().shortage().orElseThrow()).startsWith("Warning: only 0 of 8 pulls");
            assertThat(network.notices()).noneMatch(line -> line.startsWith("Warning"));
            assertThat(network.context().quotas().shortage()).isEmpty();
        }
    }

    @Test
    void tellsHowManyRequestsTheApiTakesAndUntilWhen() throws Exception {
        try (InMemoryDockerHub hub = dockerHub(100);
                InMemoryRegistry registry = hub.registry()) {
            RegistryContext context = TestNetwork.of(hub).context();
            ImageTags tags = ImageTags.toRead(IMAGE, RegistryAuthentication.ANONYMOUS, context);
            tags.<Consumer<ListedTag>>read(() -> tag -> {});
            assertThat(context.quotas().shortage()).isEmpty();

            tags.<Consumer<ListedTag>>read(() -> tag -> {});

            assertThat(context.quotas().shortage().orElseThrow())
                    .contains(" of 8 requests are left on " + hub.uri() + ", until ");
        }
    }
}
