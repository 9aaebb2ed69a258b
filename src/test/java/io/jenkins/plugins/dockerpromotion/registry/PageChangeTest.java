package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.PageChange.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageChangeTest {

    private static final String SECTION = "<!-- jenkins begin -->\nnew\n<!-- jenkins end -->";

    private static String written(String page, String text) {
        return written("jenkins", page, text);
    }

    private static String written(String section, String page, String text) {
        return new PageChange("", text, section).appliedTo(new Page("", page)).fullDescription();
    }

    @Test
    void comesToTheEndOfAPageThatHasNone() {
        assertThat(written("", "new")).isEqualTo(SECTION);
        assertThat(written("# App", "new")).isEqualTo("# App\n\n" + SECTION);
        assertThat(written("# App\n", "new")).isEqualTo("# App\n\n" + SECTION);
    }

    @Test
    void replacesWhatStandsBetweenItsMarkersAndNothingElse() {
        String page = "# App\r\n\n  <!-- jenkins begin -->old\nold<!-- jenkins end --> \t\n## Use\r\n";
        assertThat(written(page, "new")).isEqualTo("# App\r\n\n  " + SECTION + " \t\n## Use\r\n");
    }

    @Test
    void isTheSameAgainWhenItIsReplacedBySame() {
        String page = written("# App\n## Use", "new");
        assertThat(written(page, "new")).isEqualTo(page);
    }

    @Test
    void takesTextWithCharactersThatMeanSomethingInExpressions() {
        assertThat(written(SECTION, "$1 \\2 ${x}")).contains("\n$1 \\2 ${x}\n");
    }

    @Test
    void knowsItsMarkersWithOtherSpaces() {
        assertThat(written("a<!--jenkins begin-->old<!--\tjenkins  end -->b", "new"))
                .isEqualTo("a<!--jenkins begin-->\nnew\n<!--\tjenkins  end -->b");
    }

    @Test
    void leavesSectionsOfOtherNamesAlone() {
        String others =
                "<!-- jenkins2 begin -->x<!-- jenkins2 end --><!-- my-jenkins begin -->y<!-- my-jenkins end -->";
        assertThat(written(others, "new")).isEqualTo(others + "\n\n" + SECTION);
        assertThat(written("a.b", "<!-- axb begin --><!-- axb end -->", "new"))
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
        assertThatThrownBy(() -> written(page, "new"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the markers of the section 'jenkins' are damaged")
                .message()
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x <!-- jenkins end -->", "<!--other  begin-->", "<!-- a.b\nend -->"})
    void refusesContentThatHoldsAMarker(String content) {
        assertThatThrownBy(() -> new PageChange("", "text" + content, "jenkins"))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .contains("the text contains the marker of a section")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<!-- a comment -->", "jenkins begin", "<!-- begin -->"})
    void takesOtherComments(String content) {
        assertThatCode(() -> new PageChange("", "text" + content, "jenkins")).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a--b", "-a", "a-", "a b", "é", "-->", "<", "a\nb", "a..b"})
    void refusesNamesThatCannotStandInAMarker(String name) {
        assertThatThrownBy(() -> new PageChange("", "text", name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesATextOfManyBlankLines() {
        assertThat(new PageChange("", " \n".repeat(200_000) + "text", "").text())
                .isEqualTo("text");
    }

    @Test
    void countsBytesOfWhatItIsGiven() {
        new PageChange("x".repeat(100), "y".repeat(25_000), "");
        new PageChange("😀".repeat(25), "", "");
        assertThatThrownBy(() -> new PageChange("😀".repeat(26), "", ""))
                .hasMessage("the description has 104 bytes (26 characters), but Docker Hub accepts at most 100 bytes");
        assertThatThrownBy(() -> new PageChange("", "é".repeat(12_501), ""))
                .hasMessageContaining("25002 bytes (12501 characters)");
    }

    @Test
    void refusesToSayNothing() {
        assertThatThrownBy(() -> new PageChange(" ", "\n \n", "jenkins"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set 'description'");
    }

    @Test
    void limitsTheLengthOfItsName() {
        assertThatCode(() -> new PageChange("", "text", "a".repeat(40))).doesNotThrowAnyException();
        assertThatThrownBy(() -> new PageChange("", "text", "a".repeat(41)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
