package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    private static final ImageName NAME = ImageName.parse("technolog/serviceone");

    @Test
    void isATagOrADigest() {
        Digest digest = Digest.sha256(new byte[0]);
        assertThat(ImageReference.tagged(NAME, Tag.LATEST)).hasToString("technolog/serviceone:latest");
        assertThat(ImageReference.tagged(NAME, Tag.LATEST).isPinned()).isFalse();
        assertThat(ImageReference.pinned(NAME, digest)).hasToString("technolog/serviceone@" + digest);
        assertThat(ImageReference.pinned(NAME, digest).isPinned()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../x", "sha256:abc", "a b", "a\n"})
    void isNothingElse(String reference) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageReference(NAME, reference));
    }

    @Test
    void saysWhichOfTheTwoIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReference(NAME, "feature/one"))
                .withMessageContaining("'feature/one' is not a tag");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageReference(NAME, "sha256:1"))
                .withMessageContaining("'sha256:1' is not a digest");
    }
}
