package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TagFinderTest {

    private static final TagPattern PATTERN = TagPattern.of("{year}.{week}.{build}");
    private static final List<String> TAGS = List.of(
            "2017.2.103",
            "2017.2.1030",
            "2017.2.2103",
            "2017x2y103",
            "2017.2.103-rc",
            "latest",
            "2017.9.104",
            "2017.10.104");

    private static TagFinder finder(String image, long build) {
        return new TagFinder(ImageName.parse(image), PATTERN, BigInteger.valueOf(build));
    }

    @Test
    void findsTheTagOfABuildAndNoneThatOnlyLooksLikeIt() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.addTags("group/app", TestImage.docker(1), TAGS);

            TagFinder.Found found = finder(registry.host() + "/group/app", 103)
                    .with(RegistryAuthentication.ANONYMOUS)
                    .run(TestNetwork.of(registry).context());

            assertThat(found.tags()).containsExactly(new Tag("2017.2.103"));
            assertThat(found.checked()).isEqualTo(TAGS.size());
            assertThat(registry.requests().count()).isEqualTo(1);
        }
    }

    @Test
    void putsTheNewestVersionFirstByNumberAndNotByText() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.addTags("group/app", TestImage.docker(1), TAGS);

            TagFinder.Found found = finder(registry.host() + "/group/app", 104)
                    .with(RegistryAuthentication.ANONYMOUS)
                    .run(TestNetwork.of(registry).context());

            assertThat(found.tags()).containsExactly(new Tag("2017.10.104"), new Tag("2017.9.104"));
        }
    }

    @Test
    void asksDockerHubOnceToLogInAndOnceForEachHundredTags() throws Exception {
        try (InMemoryDockerHub hub = InMemoryDockerHub.builder()
                .user("ci", "secret")
                .privateRepository("technolog/serviceone")
                .start()) {
            List<String> tags = new ArrayList<>(TAGS);
            for (int build = 2000; tags.size() < 250; build++) {
                tags.add("2018.1." + build);
            }
            hub.registry().addTags("technolog/serviceone", TestImage.docker(1), tags);

            TagFinder.Found found = finder("technolog/serviceone", 103)
                    .with(new Basic("ci", "secret"))
                    .run(TestNetwork.of(hub).context());

            assertThat(found.tags()).containsExactly(new Tag("2017.2.103"));
            assertThat(hub.requests().count("POST", "/v2/auth/token")).isEqualTo(1);
            assertThat(hub.requests().count()).as(hub.requests().summary()).isEqualTo(1 + 3);
            assertThat(hub.registry().requests().count()).isZero();
        }
    }

    @Test
    void tellsAMissingRepositoryFromAMissingTag() throws Exception {
        try (InMemoryRegistry registry = InMemoryRegistry.start()) {
            registry.push("group/app", "latest", TestImage.docker(1));
            RegistryContext context = TestNetwork.of(registry).context();

            assertThat(finder(registry.host() + "/group/app", 1)
                            .with(RegistryAuthentication.ANONYMOUS)
                            .run(context)
                            .tags())
                    .isEmpty();
            assertThatThrownBy(() -> finder(registry.host() + "/group/other", 1)
                            .with(RegistryAuthentication.ANONYMOUS)
                            .run(context))
                    .isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void needsAPatternWithABuild() {
        assertThatThrownBy(() ->
                        new TagFinder(ImageName.parse("group/app"), TagPattern.of("{major}.{minor}"), BigInteger.ONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("{build}");
    }
}
