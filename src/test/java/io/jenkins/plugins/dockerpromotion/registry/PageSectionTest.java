package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageSectionTest {

    private static final String SECTION = "<!-- jenkins begin -->\nnew\n<!-- jenkins end -->";

    private final PageSection section = new PageSection("jenkins");

    @Test
    void comesToTheEndOfAPageThatHasNone() {
        assertThat(section.replacedIn("", "new")).isEqualTo(SECTION);
        assertThat(section.replacedIn("# App", "new")).isEqualTo("# App\n\n" + SECTION);
        assertThat(section.replacedIn("# App\n", "new")).isEqualTo("# App\n\n" + SECTION);
    }

    @Test
    void replacesWhatStandsBetweenItsMarkersAndNothingElse() {
        String page = "# App\r\n\n  <!-- jenkins begin -->old\nold<!-- jenkins end --> \t\n## Use\r\n";
        assertThat(section.replacedIn(page, "new")).isEqualTo("# App\r\n\n  " + SECTION + " \t\n## Use\r\n");
    }

    @Test
    void isTheSameAgainWhenItIsReplacedBySame() {
        String page = section.replacedIn("# App\n## Use", "new");
        assertThat(section.replacedIn(page, "new")).isEqualTo(page);
    }

    @Test
    void takesTextWithCharactersThatMeanSomethingInExpressions() {
        assertThat(section.replacedIn(SECTION, "$1 \\2 ${x}")).contains("\n$1 \\2 ${x}\n");
    }

    @Test
    void knowsItsMarkersWithOtherSpaces() {
        assertThat(section.replacedIn("a<!--jenkins begin-->old<!--\tjenkins  end -->b", "new"))
                .isEqualTo("a<!--jenkins begin-->\nnew\n<!--\tjenkins  end -->b");
    }

    @Test
    void leavesSectionsOfOtherNamesAlone() {
        String others =
                "<!-- jenkins2 begin -->x<!-- jenkins2 end --><!-- my-jenkins begin -->y<!-- my-jenkins end -->";
        assertThat(section.replacedIn(others, "new")).isEqualTo(others + "\n\n" + SECTION);
        assertThat(new PageSection("a.b").replacedIn("<!-- axb begin --><!-- axb end -->", "new"))
                .startsWith("<!-- axb begin --><!-- axb end -->\n\n<!-- a.b begin -->");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!-- jenkins begin -->",
                "<!-- jenkins end -->",
                "<!-- jenkins end --> <!-- jenkins begin -->",
                "<!-- jenkins begin --> <!-- jenkins begin --> <!-- jenkins end -->",
                "<!-- jenkins begin --> <!-- jenkins end --> <!-- jenkins end -->",
                "<!-- jenkins begin --> <!-- jenkins end --> <!-- jenkins begin --> <!-- jenkins end -->",
                "<! -- jenkins begin --> old <!-- jenkins end -->",
            })
    void refusesAPageWhoseMarkersAreDamaged(String page) {
        assertThatThrownBy(() -> section.replacedIn(page, "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the markers of the section 'jenkins' are damaged")
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x <!-- jenkins end -->", "<!--other  begin-->", "<!-- a.b\nend -->"})
    void refusesContentThatHoldsAMarker(String content) {
        assertThatThrownBy(() -> PageSection.checkContent(content))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("the text itself holds the marker of a section")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<!-- a comment -->", "jenkins begin", "<!-- begin -->"})
    void takesOtherComments(String content) {
        assertThatCode(() -> PageSection.checkContent(content)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a--b", "-a", "a-", "a b", "é", "-->", "<", "a\nb", "a..b"})
    void refusesNamesThatCannotStandInAMarker(String name) {
        assertThatThrownBy(() -> new PageSection(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsTheLengthOfItsName() {
        assertThatCode(() -> new PageSection("a".repeat(40))).doesNotThrowAnyException();
        assertThatThrownBy(() -> new PageSection("a".repeat(41))).isInstanceOf(IllegalArgumentException.class);
    }
}
