package io.jenkins.plugins.dockerpromotion.registry.faults;

import io.jenkins.plugins.dockerpromotion.testing.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A fault that can be injected into any request.
 *
 * @param kind the expected outcome
 * @param everywhere whether to inject the fault into each request of an operation in turn
 */
record Trouble(String name, Kind kind, boolean everywhere, Fault fault) {

    enum Kind {
        /** If the fault occurs once, a retry succeeds and the outcome is as without the fault. */
        PASSING,
        /** Like {@link #PASSING}, but the client detects the fault only by its timeout. */
        SILENT,
        /** An error. No error if the operation does not need the response. */
        FINAL,
        /** A well-formed response with false content: an error, or the result that follows from the content. */
        UNTRUE
    }

    private static final String OTHER_DIGEST = "sha256:" + "0".repeat(64);

    @Override
    public String toString() {
        return name;
    }

    private static final Set<String> EVERYWHERE = Set.of(
            "status 503",
            "done, but closed before the answer",
            "closed in the body, which is shorter than announced",
            "no answer",
            "a byte now and then",
            "429 for a day",
            "first bytes only",
            "a gzip bomb",
            "status 404",
            "another digest");

    private static Trouble of(String name, Kind kind, Fault fault) {
        return new Trouble(name, kind, EVERYWHERE.contains(name), fault);
    }

    /** Returns all faults. They are stateless, so any number of servers can share them. */
    static List<Trouble> all() {
        List<Trouble> all = new ArrayList<>();
        for (int status : new int[] {408, 425, 429, 500, 502, 503, 504}) {
            all.add(of("status " + status, Kind.PASSING, Fault.status(status)));
        }
        Map.of(
                        "Retry-After", List.of("1", "30", "Mon, 20 May 2019 08:00:30 GMT", "soon", "-5", ""),
                        "X-Retry-After", List.of("1558339230", "0", "-1"),
                        "X-RateLimit-Reset", List.of("1558339230", "never"))
                .forEach((name, values) -> values.forEach(value -> all.add(of(
                        "429, " + name + ": " + value,
                        Kind.PASSING,
                        Fault.status(429).header(name, value)))));
        all.add(of("closed before the answer", Kind.PASSING, Fault.closeConnection()));
        all.add(of("done, but closed before the answer", Kind.PASSING, Fault.loseAnswer()));
        all.add(of("closed in the body, which is shorter than announced", Kind.PASSING, Fault.closeMidBody()));

        all.add(of("no answer", Kind.SILENT, Fault.hang()));
        all.add(of("silent in the body", Kind.SILENT, Fault.hangMidBody()));
        all.add(of("a byte now and then", Kind.SILENT, Fault.drip()));

        for (int status : new int[] {301, 304, 409, 413, 451, 501, 505, 599}) {
            all.add(of("status " + status, Kind.FINAL, Fault.status(status)));
        }
        all.add(of("429 for a day", Kind.FINAL, Fault.status(429).header("Retry-After", "86400")));
        all.add(of("429 for ever", Kind.FINAL, Fault.status(429).header("Retry-After", "9".repeat(18))));
        all.add(of(
                "429 until the year 9999",
                Kind.FINAL,
                Fault.status(429).header("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")));
        all.add(of(
                "429 until the year 33658", Kind.FINAL, Fault.status(429).header("X-RateLimit-Reset", "999999999999")));
        for (String challenge : List.of(
                "",
                "Basic realm=\"x\"",
                "Bearer realm=\"file:///etc/passwd\"",
                "Bearer realm=\"https://other.test/token\",error=\"invalid_token\"",
                "Bearer error=\"insufficient_scope\"",
                "Bearer error=\"invalid_token\"")) {
            all.add(of("401, " + challenge, Kind.FINAL, Fault.status(401).header("WWW-Authenticate", challenge)));
        }
        all.add(of("first byte only", Kind.FINAL, Fault.truncateBody(1)));
        all.add(of("first bytes only", Kind.FINAL, Fault.truncateBody(40)));
        all.add(of("a body without end", Kind.FINAL, Fault.endlessBody()));
        all.add(of(
                "JSON of 10,000 levels",
                Kind.FINAL,
                Fault.replaceBody("{\"tags\":" + "[".repeat(10_000) + "]".repeat(10_000) + "}")));
        all.add(of(
                "JSON of 2,000,000 values",
                Kind.FINAL,
                Fault.replaceBody("{\"results\":[" + "{},".repeat(1_000_000) + "{}]}")));
        all.add(of("a text of 10 MB", Kind.FINAL, Fault.replaceBody("{\"token\":\"" + "x".repeat(10_000_000) + "\"}")));
        all.add(of("not UTF-8", Kind.FINAL, Fault.replaceBody(new byte[] {
            '{', '"', (byte) 0xc3, (byte) 0x28, (byte) 0xff, '"', ':', '1', '}'
        })));
        all.add(of(
                "a page for people",
                Kind.FINAL,
                Fault.replaceBody("<html>Welcome</html>").header("Content-Type", "text/html")));
        all.add(of(
                "a gzip bomb",
                Kind.FINAL,
                Fault.replaceBody(new byte[] {31, (byte) 139, 8, 0}).header("Content-Encoding", "gzip")));
        all.add(of("another type", Kind.FINAL, Fault.replaceHeader("Content-Type", "image/png; a=b")));
        all.add(of("a type that is none", Kind.FINAL, Fault.replaceHeader("Content-Type", "//\u0001")));
        all.add(of("a digest that is none", Kind.FINAL, Fault.replaceHeader("Docker-Content-Digest", "md5:1")));
        for (String location : List.of(
                "http://other.test/x",
                "file:///etc/passwd",
                "http://127.0.0.1:99999/",
                "//",
                "http://user:pass@127.0.0.1:1/")) {
            all.add(of(
                    "redirected to " + location, Kind.FINAL, Fault.status(307).header("Location", location)));
        }

        all.add(of("redirected in circles", Kind.UNTRUE, Fault.status(307).header("Location", "/v2/in-circles")));
        for (int status : new int[] {204, 400, 403, 404, 405}) {
            all.add(of("status " + status, Kind.UNTRUE, Fault.status(status)));
        }
        all.add(of("an empty object", Kind.UNTRUE, Fault.replaceBody("{}")));
        all.add(of("a list", Kind.UNTRUE, Fault.replaceBody("[]")));
        all.add(of("null", Kind.UNTRUE, Fault.replaceBody("null")));
        all.add(of("another digest", Kind.UNTRUE, Fault.replaceHeader("Docker-Content-Digest", OTHER_DIGEST)));
        return all;
    }
}
