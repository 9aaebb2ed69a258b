package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireBodyTest {

    private static String read(String answer) throws IOException {
        InputStream in = new ByteArrayInputStream(answer.getBytes(StandardCharsets.US_ASCII));
        return new String(WireBody.read(ResponseHead.read(in), in), StandardCharsets.US_ASCII);
    }

    @Test
    void endsWhereItsLengthSaysAndElseWithTheConnection() throws Exception {
        assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntags and more"))
                .isEqualTo("tags");
        assertThat(read("HTTP/1.1 200 OK\r\n\r\ntags and more")).isEqualTo("tags and more");
        assertThat(read("HTTP/1.1 204 No Content\r\n\r\nmore")).isEmpty();
    }

    @Test
    void isPutTogetherFromChunks() throws Exception {
        assertThat(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                        + "4\r\ntags\r\n00A ;name=value\r\n and so on\r\n0\r\nTrailer: 1\r\n\r\n"))
                .isEqualTo("tags and so on");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\n\r\ntags",
                "Content-Length: 4a\r\n\r\ntags",
                "Content-Length: 99999999\r\n\r\ntags",
                "Content-Length: 99999999999999999999\r\n\r\ntags",
                "Transfer-Encoding: gzip\r\n\r\ntags",
                "Transfer-Encoding: chunked\r\n\r\n4\r\ntags\r\n",
                "Transfer-Encoding: chunked\r\n\r\n4\r\ntagsmore\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-4\r\ntags\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\ntags\r\n0\r\n\r\n"
            })
    void isTakenWholeOrNotAtAll(String rest) {
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n" + rest)).isInstanceOf(IOException.class);
    }

    @Test
    void isNoLargerThanAnyThatIsWanted() throws Exception {
        String mebibyte = "x".repeat(1024 * 1024);
        String chunk = "100000\r\n" + mebibyte + "\r\n";
        String start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThat(read(start + chunk.repeat(4) + "0\r\n\r\n")).hasSize(4 * 1024 * 1024);
        assertThatThrownBy(() -> read(start + chunk.repeat(4) + "1\r\nx\r\n0\r\n\r\n"))
                .hasMessageContaining("larger than");
        assertThatThrownBy(() -> read("HTTP/1.1 200 OK\r\n\r\n" + mebibyte.repeat(5)))
                .hasMessageContaining("larger than");
    }
}
