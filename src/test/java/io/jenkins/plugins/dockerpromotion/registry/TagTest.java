package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class TagTest {

    @ParameterizedTest
    @ValueSource(strings = {"latest", "2019.20.103", "A", "_x", "0", "1.0-rc.1", "sha256-abc.sig", "a..b--c__d."})
    void takesTags(String text) {
        assertThat(new Tag(text)).hasToString(text);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void asksForOneWhereThereIsNone(String text) {
        assertThat(Tag.isValid(text)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tag(text))
                .withMessage("a tag is required, such as 2017.2.103");
    }

    @ParameterizedTest
    @ValueSource(strings = {".a", "-a", "a b", "a/b", "a:b", "a@b", "a\n", "\na", "ä", "a?", "../x", "a%2f", "{tag}"})
    void refusesOtherTexts(String text) {
        assertThat(Tag.isValid(text)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tag(text))
                .satisfies(
                        e -> assertThat(e.getMessage()).contains("is not a tag").hasLineCount(1));
    }

    @Test
    void takes128CharactersAndNoMore() {
        assertThat(Tag.isValid("a".repeat(128))).isTrue();
        assertThat(Tag.isValid("a".repeat(129))).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tag("a".repeat(1_000_000)))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }
}
