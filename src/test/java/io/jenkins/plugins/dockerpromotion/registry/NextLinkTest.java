package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NextLinkTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '|',
            delimiterString = " -> ",
            value = {
                "</v2/a/tags/list?n=1&last=x>; rel=\"next\" -> n=1&last=x",
                "</v2/a/tags/list?last=x>;rel=next -> last=x",
                "</v2/a/tags/list?last=x> ; ReL = \"NEXT\" -> last=x",
                "<https://internal.example:8443/v2/a/tags/list?last=x>; rel=\"next\" -> last=x",
                "<?next_page=gAAAA%3D&n=5>; rel=\"next\" -> next_page=gAAAA%3D&n=5",
                "<list?last=a+b%2Fc>; rel=\"next\" -> last=a+b%2Fc",
                "<?last=x>; title=\"a, b; c\"; rel=\"next\" -> last=x",
                "<?last=x>; rel=\"next\"; title=\"a, b\" -> last=x",
                "<?last=x>; title=\"say \\\"rel=prev\\\", <?last=y>; rel=prev\"; rel=next -> last=x",
                "<?last=x>; rel=\"last next\" -> last=x",
                "<?last=x>; rel=\"  next\tlast \" -> last=x",
                "<?last=x>; rel=\"ne\\xt\" -> last=x",
                "<?last=x>; title*=UTF-8''%e2%82%ac; crossorigin; rel=next -> last=x",
                "<?a=1>; rel=\"first\", <?last=x>; rel=\"next\", <?b=2>; rel=\"last\" -> last=x",
                "<?a=1>;rel=prev,<?last=x>;rel=next -> last=x",
                "<?a=1>; no parameter (\"x, y\"), <?last=x>; rel=next -> last=x",
                ", , <?last=x>; ; rel=next; -> last=x",
                "<?last=x#end>; rel=next -> last=x",
                "<?last=a b\"c|d>; rel=next -> last=a%20b%22c%7Cd",
                "<?last=x>; rel=\"next -> last=x",
                "<?last=x>; rel='next' -> last=x",
                "<?last=x>; REL=NEXT -> last=x",
                "<https://registry.example.com:443/v2/a/tags/list?n=100&last=x>; rel=\"next\" -> n=100&last=x",
                "<//other.example.com/v2/a/tags/list?last=x>; rel=next -> last=x",
                "<http://registry.example.com/v2/a/tags/list?last=x&n=0>; rel=next -> last=x&n=0",
            })
    void findsTheNextPage(String header, String query) {
        assertThat(NextLink.query(List.of(header))).contains(query);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<",
                "garbage",
                "<>; rel=\"next\"",
                "<?last=x>",
                "<?last=x>; rel",
                "<?last=x>; rel=prev",
                "<?last=x>; rel=\"prev\"; rel=\"next\"",
                "<?last=x>; rel=nextone",
                "<?last=x>; title=\"; rel=next\"",
                "<?last=x>; arel=next",
            })
    void findsNoneElsewhere(String header) {
        assertThat(NextLink.query(List.of(header))).isEmpty();
    }

    @Test
    void looksAtAllHeaders() {
        assertThat(NextLink.query(List.of("<?a=1>; rel=prev", "<?last=x>; rel=next")))
                .contains("last=x");
        assertThat(NextLink.query(List.of())).isEmpty();
    }

    @Test
    void knowsANextPageWithoutQuery() {
        assertThat(NextLink.query(List.of("</v2/next>; rel=next"))).contains("");
    }
}
