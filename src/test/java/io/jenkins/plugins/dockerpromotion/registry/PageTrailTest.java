package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageTrailTest {

    private final PageTrail trail = new PageTrail();

    private static Optional<URI> page(int number) {
        return Optional.of(URI.create("https://registry.test/v2/a/tags/list?last=" + number));
    }

    @Test
    void goesOnToTheEnd() {
        assertThat(trail.add(Optional.of("a"), 100, page(1))).isEmpty();
        assertThat(trail.add(Optional.empty(), 0, page(2))).isEmpty();
        assertThat(trail.add(Optional.of("b"), 100, Optional.empty())).isEmpty();
    }

    @Test
    void findsOutThatAPageComesAgain() {
        trail.add(Optional.of("a"), 100, page(1));
        assertThat(trail.add(Optional.of("b"), 100, page(1)))
                .hasValueSatisfying(why -> assertThat(why).contains("the same page"));
        assertThat(trail.add(Optional.of("a"), 100, page(2)))
                .hasValueSatisfying(why -> assertThat(why).contains("the same page"));
    }

    @Test
    void endsWithPagesThatAreMadeUp() {
        for (int i = 1; i < PageTrail.MAX_PAGES; i++) {
            assertThat(trail.add(Optional.of(i), 1, page(i))).isEmpty();
        }
        assertThat(trail.add(Optional.empty(), 0, page(0)))
                .hasValueSatisfying(why -> assertThat(why)
                        .isEqualTo("it never comes to an end: it went on after 10000 pages and 9999 entries"));
    }

    @Test
    void endsWithMoreEntriesThanAnybodyHas() {
        assertThat(trail.add(Optional.of("a"), PageTrail.MAX_ITEMS, page(1))).isEmpty();
        assertThat(trail.add(Optional.of("b"), 1, Optional.empty())).isPresent();
    }
}
