package io.jenkins.plugins.dockerpromotion.testing;

import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A request to a test server and the outcome of its response, which changes until the response has been sent. */
public final class RecordedRequest {

    private final String method;
    private final String path;
    private final String query;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final AtomicInteger status = new AtomicInteger();
    private final AtomicLong requestBytes = new AtomicLong();
    private final AtomicLong responseBytes = new AtomicLong();

    RecordedRequest(HttpExchange exchange) {
        URI uri = exchange.getRequestURI();
        method = exchange.getRequestMethod();
        path = uri.getRawPath();
        query = Optional.ofNullable(uri.getRawQuery()).orElse("");
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
    }

    public String method() {
        return method;
    }

    /** The path as received, without the query. */
    public String path() {
        return path;
    }

    /** The query as received, without the question mark; may be empty. */
    public String query() {
        return query;
    }

    /** Values by lower-case name. */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /** The status of the response; 0 if none was sent (yet). */
    public int status() {
        return status.get();
    }

    /** The number of bytes read from the request body. */
    public long requestBytes() {
        return requestBytes.get();
    }

    /** The number of bytes sent of the response body. */
    public long responseBytes() {
        return responseBytes.get();
    }

    void answered(int changed) {
        status.set(changed);
    }

    void received(long bytes) {
        requestBytes.addAndGet(bytes);
    }

    /** Called before bytes are sent, so that the log is never behind a client. */
    void sending(long bytes) {
        responseBytes.addAndGet(bytes);
    }

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
        return method + " " + path + (query.isEmpty() ? "" : "?" + query) + " " + status();
    }
}
