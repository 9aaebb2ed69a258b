package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WebhookTokenTest {

    private static WebhookToken token(String secret) {
        return new WebhookToken(secret, WebhookToken.hashOf(secret));
    }

    @Test
    void allHashesAreComparedWhereverTheRightOneStands() {
        List<WebhookToken> tokens = Stream.of("first", "second", "third")
                .map(WebhookTokenTest::token)
                .toList();
        for (String secret : List.of("first", "second", "third", "none of them")) {
            List<WebhookToken> compared = new ArrayList<>();
            String hash = WebhookToken.hashOf(secret);

            assertThat(WebhookConfiguration.find(tokens, candidate -> {
                                compared.add(candidate);
                                return candidate.hasHash(hash);
                            })
                            .map(WebhookToken::getName)
                            .orElse("none of them"))
                    .isEqualTo(secret);
            assertThat(compared).as(secret).containsExactlyElementsOf(tokens);
        }
    }

    @Test
    void aHashIsNoOtherAndNoPartOfIt() {
        String hash = WebhookToken.hashOf("x");
        assertThat(token("x").hasHash(hash)).isTrue();
        assertThat(token("x").hasHash(hash.substring(1))).isFalse();
        assertThat(token("x").hasHash("")).isFalse();
        assertThat(token("x").hasHash(WebhookToken.hashOf("y"))).isFalse();
    }

    @Test
    void tokensAreLongAndNeverTheSame() {
        assertThat(WebhookToken.random()).matches("[0-9a-f]{64}").isNotEqualTo(WebhookToken.random());
    }

    @Test
    void refusesWhatIsNoHash() {
        assertThatThrownBy(() -> new WebhookToken("x", "the token itself"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("the token itself");
    }
}
