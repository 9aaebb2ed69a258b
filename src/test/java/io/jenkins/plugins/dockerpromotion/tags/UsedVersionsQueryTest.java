package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.version.UsedVersions;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsedVersionsQueryTest {

    private static final VersionRequest REQUEST = new VersionRequest(
            VersionTemplate.of(
                    TagPattern.DEFAULT,
                    Instant.parse("2026-11-21T12:00:00Z"),
                    ZoneOffset.UTC,
                    VersionValues.parse(List.of())),
            BigInteger.valueOf(103),
            true);

    private static UsedVersions read(String image, TestNetwork network) throws Exception {
        return UsedVersionsQuery.of(ImageName.parse(image), REQUEST.usedVersions())
                .with(RegistryAuthentication.ANONYMOUS)
                .run(network.context());
    }

    @Test
    void looksAtAllPagesOfARegistry() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.addTags(
                    "group/app",
                    TestImage.docker(1),
                    IntStream.rangeClosed(1, 2500)
                            .mapToObj(build -> "2026.47." + build)
                            .toList());
            registry.tag("group/app", "sha256-" + "2d".repeat(32) + ".sig", "2026.47.1");

            UsedVersions used = read(registry.host() + "/group/app", TestNetwork.of(registry));

            assertThat(used.checked()).isEqualTo(2500);
            assertThat(REQUEST.decide(used).version()).isEqualTo("2026.47.2501");
        }
    }

    @Test
    void looksAtDockerHub() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.start()) {
            hub.registry()
                    .addTags(
                            "technolog/serviceone",
                            TestImage.docker(1),
                            List.of("2026.47.103", "2020.1.210", "latest"));

            UsedVersions used = read("technolog/serviceone", TestNetwork.of(hub));

            assertThat(REQUEST.decide(used).version()).isEqualTo("2026.47.211");
        }
    }

    @Test
    void anImageThatIsNotThereHasNoTagsAndThatIsSaid() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            TestNetwork network = TestNetwork.of(registry);
            UsedVersions used = read(registry.host() + "/group/new", network);

            assertThat(used.checked()).isZero();
            assertThat(REQUEST.decide(used).version()).isEqualTo("2026.47.103");
            assertThat(network.notices())
                    .contains(registry.host() + "/group/new does not exist yet, or these credentials may not read it");
        }
    }

    @Test
    void aRegistryThatCannotBeReachedIsNotAnEmptyOne() {
        InMemoryRegistry registry = InMemoryRegistry.start();
        TestNetwork network = TestNetwork.of(registry);
        registry.close();

        assertThatThrownBy(() -> read(registry.host() + "/group/app", network)).isInstanceOf(RegistryException.class);
    }

    @Test
    void asksNobodyWithoutAnImage() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            UsedVersions used = UsedVersionsQuery.ofNothing(REQUEST.usedVersions())
                    .with(RegistryAuthentication.ANONYMOUS)
                    .run(TestNetwork.of(registry).context());

            assertThat(REQUEST.decide(used).version()).isEqualTo("2026.47.103");
            assertThat(registry.requests().count()).isZero();
        }
    }
}
