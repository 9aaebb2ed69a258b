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
 * A request to a test server and the outcome of its response.
 *
 * @param path the path as received, without the query
 * @param query the query as received, without the question mark; may be empty
 * @param headers values by lower-case name
 * @param status the status of the response; 0 if none was sent (yet)
 * @param requestBytes the number of bytes read from the request body
 * @param responseBytes the number of bytes sent of the response body
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
     * @param methods a regular expression such as {@code PUT|POST}
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

    /** The decoded values of a query parameter, in the order of the query. */
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

    /** {@code Basic} or {@code Bearer}. Assertions can print it without revealing the credentials. */
    public Optional<String> authorizationScheme() {
        return authorization().map(value -> value.split(" ", 2)[0]);
    }

    /** One line for assertion messages, such as {@code GET /v2/app/tags/list?n=100 200}. */
    public String line() {
        return method + " " + path + (query.isEmpty() ? "" : "?" + query) + " " + status;
    }
}
