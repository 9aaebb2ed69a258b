package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Status and headers of an answer as they are on the wire (RFC 9112, sections 2 to 5), with a limit to their size. */
record ResponseHead(int status, HttpHeaders headers) {

    private static final int MAX_BYTES = 32 * 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)");

    /** Reads the head of the final answer, behind those that say it is on its way. */
    static ResponseHead read(InputStream in) throws IOException {
        InputStream limited = new LimitedStream(
                in, MAX_BYTES, () -> new IOException("the headers are larger than " + MAX_BYTES + " bytes"));
        ResponseHead head = readOne(limited);
        while (head.status < 200) {
            head = readOne(limited);
        }
        return head;
    }

    private static ResponseHead readOne(InputStream in) throws IOException {
        Matcher status = matched(STATUS, line(in));
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            Matcher header = matched(HEADER, line);
            headers.computeIfAbsent(header.group(1), n -> new ArrayList<>())
                    .add(header.group(2).strip());
        }
        return new ResponseHead(Integer.parseInt(status.group(1)), HttpHeaders.of(headers, (name, value) -> true));
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the answer broke off");
            }
            line.append((char) b);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }

    private static Matcher matched(Pattern pattern, String line) throws IOException {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new IOException("the answer is no HTTP");
        }
        return matcher;
    }

    /**
     * What can be read of the body for people: as much as an error has, nothing of one that comes in chunks or breaks off,
     * nothing of a success.
     */
    byte[] body(InputStream in) {
        boolean wanted =
                status >= 400 && headers.firstValue("Transfer-Encoding").isEmpty();
        try {
            return wanted ? in.readNBytes(Math.min(announced(), Answer.MAX_SMALL_BODY)) : new byte[0];
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private int announced() {
        return headers.firstValue("Content-Length")
                .filter(length -> length.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElse(Answer.MAX_SMALL_BODY);
    }
}
