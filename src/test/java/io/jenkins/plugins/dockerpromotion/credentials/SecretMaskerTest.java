package io.jenkins.plugins.dockerpromotion.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.AbortException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SecretMaskerTest {

    private static final String TOKEN = IntStream.range(0, 400)
            .mapToObj(i -> Integer.toString(i * 7919, 36))
            .collect(Collectors.joining("."));

    private static SecretMasker masker;

    @BeforeAll
    static void masker(JenkinsRule jenkins) {
        masker = SecretMasker.of(List.of("s3cr$t", "s3cr$t-longer", TOKEN, ""));
    }

    @Test
    void replacesEverySecretAndPrefersTheLongerOne() {
        assertThat(masker.mask("a s3cr$t, b s3cr$t-longer, c " + TOKEN + ".")).isEqualTo("a ****, b ****, c ****.");
        assertThat(masker.mask("nothing to see")).isEqualTo("nothing to see");
        assertThat(SecretMasker.of(List.of()).mask("s3cr$t")).isEqualTo("s3cr$t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "xy", "someone:", "{\"username\":\"someone\",\"password\":\""})
    void findsABase64TextThatIsBrokenIntoLines(String before) {
        String encoded = Base64.getMimeEncoder(76, new byte[] {'\n'})
                .encodeToString((before + TOKEN + "\"}\n").getBytes(StandardCharsets.UTF_8));
        String masked = encoded.lines().map(masker::mask).collect(Collectors.joining("\n"));
        assertThat(masked).contains("****");
        assertThat(masked.replace("****", "").replace("\n", "").length()).isLessThan(before.length() * 4 / 3 + 20);
        assertThat(masked.lines().skip(2).limit(20)).containsOnly("****");
    }

    @Test
    void leavesWordsAlone() {
        String line = "docker.io/library/verylongrepositoryname@sha256:" + "0123456789abcdef".repeat(4);
        assertThat(masker.mask(line)).isEqualTo(line);
    }

    @Test
    void masksFailuresWithTheirCauses() {
        IOException cause = new IOException("401 for s3cr$t");
        IllegalStateException failure = new IllegalStateException("no token", cause);
        failure.addSuppressed(new IOException("s3cr$t-longer too"));
        Throwable masked = masker.mask(failure);
        assertThat(masked).hasToString("java.lang.IllegalStateException: no token");
        assertThat(masked.getStackTrace()).isEqualTo(failure.getStackTrace());
        assertThat(masked.getCause()).hasToString("java.io.IOException: 401 for ****");
        assertThat(masked.getSuppressed()[0]).hasToString("java.io.IOException: **** too");
    }

    @Test
    void leavesFailuresWithoutASecretAsTheyAre() {
        Throwable failure = new IllegalStateException("no token", new IOException("401"));
        assertThat(masker.mask(failure)).isSameAs(failure);
    }

    @Test
    void anAbortionStaysOne() {
        assertThat(masker.mask(new AbortException("bad s3cr$t")))
                .isInstanceOf(AbortException.class)
                .hasMessage("bad ****");
    }

    @Test
    void copesWithFailuresThatAreTheirOwnCause() {
        IOException first = new IOException("s3cr$t");
        IOException second = new IOException("second", first);
        first.initCause(second);
        assertThat(masker.mask(first)).hasToString("java.io.IOException: ****");
    }

    @Test
    void aStreamIsMaskedLineByLine() throws IOException {
        assertThat(streamed(masker, "one s3cr$t\r\ntwo\rthree s3cr$t\n\nlast s3cr$t"))
                .isEqualTo("one ****\r\ntwo\rthree ****\n\nlast ****");
        assertThat(streamed(SecretMasker.of(List.of()), "one s3cr$t")).isEqualTo("one s3cr$t");
    }

    @Test
    void whatComesBeforeTheFirstSecretIsNotHeldBack() throws IOException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        SecretMasker[] now = {SecretMasker.of(List.of())};
        try (MaskingOutputStream out = new MaskingOutputStream(log, () -> now[0], StandardCharsets.UTF_8)) {
            out.write("progress...".getBytes(StandardCharsets.UTF_8));
            assertThat(log).hasToString("progress...");
            now[0] = masker;
            out.write(" s3cr".getBytes(StandardCharsets.UTF_8));
            out.write("$t\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(log).hasToString("progress... ****\n");
    }

    private static String streamed(SecretMasker masker, String text) throws IOException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (MaskingOutputStream out = new MaskingOutputStream(log, () -> masker, StandardCharsets.UTF_8)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.write(bytes, 0, 5);
            out.write(bytes[5]);
            out.write(bytes, 6, bytes.length - 6);
        }
        return log.toString(StandardCharsets.UTF_8);
    }
}
