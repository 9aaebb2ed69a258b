package io.jenkins.plugins.dockerpromotion.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    private static final String OF_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void isTheHashOfTheBytes() {
        assertThat(Digest.sha256(new byte[0])).hasToString("sha256:" + OF_EMPTY);
        assertThat(Digest.parse("sha256:" + OF_EMPTY).matches(new byte[0])).isTrue();
        assertThat(Digest.parse("sha256:" + OF_EMPTY).matches(new byte[1])).isFalse();
    }

    @Test
    void knowsSha512() {
        String ofAbc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        Digest digest = Digest.parse("sha512:" + ofAbc);
        assertThat(digest.matches("abc".getBytes(StandardCharsets.US_ASCII))).isTrue();
        assertThat(digest.abbreviated()).isEqualTo("sha512:ddaf35a19361");
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                OF_EMPTY,
                "sha256:",
                "sha256:abc",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha512:" + OF_EMPTY,
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256:" + OF_EMPTY + "\n",
                "sha256:" + OF_EMPTY + "/../x",
            })
    void refusesWhatIsNoDigest(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Digest.parse(text))
                .satisfies(e ->
                        assertThat(e.getMessage()).contains("is not a digest").hasLineCount(1));
    }

    @Test
    void cannotBeMadeOfUncheckedParts() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Digest("sha256", "abc"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Digest("md5", OF_EMPTY));
        assertThatIllegalArgumentException().isThrownBy(() -> new Digest(null, null));
    }
}
