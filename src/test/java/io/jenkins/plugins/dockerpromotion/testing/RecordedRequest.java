package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A request to a test server, with its answer.
 *
 * @param path the path as received, without the query
 * @param query the query as received, without the question mark; may be empty
 * @param headers by name in lower case
 * @param status 0 until the request is answered, or if the connection was closed instead
 * @param requestBytes length of the body of the request
 * @param responseBytes bytes of the response's body that were sent
 */
public record RecordedRequest(
        String method,
        String path,
        String query,
        Map<String, List<String>> headers,
        int status,
        long requestBytes,
        long responseBytes) {

    /**
     * Matches a method and the whole path.
     *
     * @param methods one of them, or several such as {@code PUT|POST}
     */
    public static Predicate<RecordedRequest> matching(String methods, String pathRegex) {
        return matching(pathRegex).and(request -> request.method.matches(methods));
    }

    /** Matches the whole path with any method. */
    public static Predicate<RecordedRequest> matching(String pathRegex) {
        Pattern pattern = Pattern.compile(pathRegex);
        return request -> pattern.matcher(request.path).matches();
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream()
                .findFirst();
    }

    /** The decoded values of a query parameter, in the order they were sent. */
    public List<String> parameters(String name) {
        return Pattern.compile("&")
                .splitAsStream(query)
                .filter(pair -> pair.equals(name) || pair.startsWith(name + "="))
                .map(pair -> pair.substring(Math.min(pair.length(), name.length() + 1)))
                .map(value -> URLDecoder.decode(value, StandardCharsets.UTF_8))
                .toList();
    }

    public Optional<String> authorization() {
        return header("Authorization");
    }

    /** {@code Basic} or {@code Bearer}; what an assertion may print where the whole header must not be. */
    public Optional<String> authorizationScheme() {
        return authorization().map(value -> value.split(" ", 2)[0]);
    }

    /** One line for assertion failures: {@code GET /v2/app/tags/list?n=100 200}. */
    public String line() {
        return method + " " + path + (query.isEmpty() ? "" : "?" + query) + " " + status;
    }
}
