package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WebhookTokenTest {

    private static WebhookToken token(String secret) {
        return new WebhookToken(secret, WebhookToken.hashOf(secret));
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
