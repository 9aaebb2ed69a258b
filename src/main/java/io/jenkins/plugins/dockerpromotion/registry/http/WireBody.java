package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The content of an answer as it is framed on the wire (RFC 9112, sections 6 and 7), whole or not at all. */
final class WireBody {

    /** As much as a page of ten thousand long tags has. */
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final int MAX_CHUNK_LINE = 256;

    private WireBody() {}

    /** @throws IOException also when it is larger than any that is wanted, or framed in a way nobody asked for */
    static byte[] read(ResponseHead head, InputStream in) throws IOException {
        if (head.status() == 204 || head.status() == 304) {
            return new byte[0];
        }
        String coding = head.headers().firstValue("Transfer-Encoding").orElse("");
        if (coding.equalsIgnoreCase("chunked")) {
            return chunks(in);
        }
        if (!coding.isEmpty()) {
            throw new IOException("the answer is encoded though nobody asked for it");
        }
        String length = head.headers().firstValue("Content-Length").orElse("");
        return length.isEmpty() ? rest(in) : exactly(number(length, 10), in);
    }

    private static byte[] rest(InputStream in) throws IOException {
        byte[] rest = in.readNBytes(MAX_BYTES + 1);
        requireFit(rest.length);
        return rest;
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        while (true) {
            int size = number(line(in).replaceFirst("[ \t]*(;.*)?$", ""), 16);
            if (size == 0) {
                // Trailers may follow, on a connection that is not used again.
                return content.toByteArray();
            }
            requireFit((long) content.size() + size);
            content.writeBytes(exactly(size, in));
            if (!line(in).isEmpty()) {
                throw new IOException("the answer's chunks do not fit together");
            }
        }
    }

    private static byte[] exactly(int size, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new IOException("the answer broke off");
        }
        return bytes;
    }

    private static int number(String text, int radix) throws IOException {
        if (!text.matches(radix == 10 ? "[0-9]{1,15}" : "[0-9a-fA-F]{1,15}")) {
            throw new IOException("the answer is no HTTP");
        }
        long number = Long.parseLong(text, radix);
        requireFit(number);
        return (int) number;
    }

    private static void requireFit(long size) throws IOException {
        if (size > MAX_BYTES) {
            throw new IOException("the answer is larger than the " + MAX_BYTES + " bytes it may have");
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.length() == MAX_CHUNK_LINE) {
                throw new IOException("the answer broke off");
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }
}
