package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryPageTest {

    private static final Tag TAG = new Tag("2017.2.103");

    @ParameterizedTest
    @CsvSource({
        "technolog/serviceone, https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103",
        "index.docker.io/technolog/serviceone, https://hub.docker.com/r/technolog/serviceone/tags?name=2017.2.103",
        "alpine, https://hub.docker.com/_/alpine/tags?name=2017.2.103",
        "ghcr.io/technolog/tools/one, https://ghcr.io/technolog/tools/one:2017.2.103",
        "quay.io/technolog/one, https://quay.io/repository/technolog/one?tab=tags&tag=2017.2.103",
        "registry.gitlab.com/group/project, https://gitlab.com/group/project/container_registry",
        "public.ecr.aws/technolog/one, https://gallery.ecr.aws/technolog/one",
    })
    void publicRegistriesHaveAPageForAnImage(String image, URI page) {
        assertThat(RegistryPage.of(ImageName.parse(image), TAG)).contains(page);
    }

    @ParameterizedTest
    @CsvSource({
        "technolog/serviceone, https://hub.docker.com/r/technolog/serviceone/tags",
        "quay.io/technolog/one, https://quay.io/repository/technolog/one?tab=tags",
        "registry.gitlab.com/group/project, https://gitlab.com/group/project/container_registry",
        "public.ecr.aws/technolog/one, https://gallery.ecr.aws/technolog/one",
        "ghcr.io/technolog/one, ",
        "registry.example.com/technolog/one, ",
    })
    void someHaveOneForAllItsTags(String image, URI page) {
        assertThat(RegistryPage.of(ImageName.parse(image))).isEqualTo(Optional.ofNullable(page));
    }

    @Test
    void onlyDockerHubHasDescriptions() {
        assertThat(RegistryPage.ofDescription(ImageName.parse("alpine")))
                .contains(URI.create("https://hub.docker.com/_/alpine"));
        assertThat(RegistryPage.ofDescription(ImageName.parse("quay.io/a/b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "registry.example.com:5000/group/app",
                "ghcr.io.example.com/technolog/one",
                "ghcr.io:8443/technolog/one",
                "registry.gitlab.com/group/project/image"
            })
    void nothingIsGuessedForOthers(String image) {
        assertThat(RegistryPage.of(ImageName.parse(image), TAG)).isEmpty();
    }

    @Test
    void tagsNeedNoEscapes() {
        assertThat(RegistryPage.of(ImageName.parse("a/b"), new Tag("_A.z-9"))).isPresent();
    }
}
