package io.jenkins.plugins.dockerpromotion.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** All requests of a test server, in the order of arrival. */
public final class RequestLog {

    private static final String BLOB = "/v2/.+/blobs/sha256:.+";
    private static final String UPLOAD = "/v2/.+/blobs/uploads/.*";

    private final List<RecordedRequest> requests = new ArrayList<>();
    private int active;
    private int peak;

    public synchronized List<RecordedRequest> all() {
        return List.copyOf(requests);
    }

    /** The requests whose method and whole path, without the query, match. */
    public List<RecordedRequest> all(String method, String pathRegex) {
        return all(RecordedRequest.matching(method, pathRegex));
    }

    public List<RecordedRequest> all(Predicate<RecordedRequest> predicate) {
        return all().stream().filter(predicate).toList();
    }

    /** The latest request; throws if there is none. */
    public RecordedRequest last() {
        List<RecordedRequest> all = all();
        if (all.isEmpty()) {
            throw new AssertionError("no request arrived");
        }
        return all.get(all.size() - 1);
    }

    public int count() {
        return all().size();
    }

    public int count(String method, String pathRegex) {
        return all(method, pathRegex).size();
    }

    public int count(Predicate<RecordedRequest> predicate) {
        return all(predicate).size();
    }

    /** The number of blob bytes that clients downloaded. */
    public long blobBytesDown() {
        return sum(RecordedRequest.matching("GET", BLOB), RecordedRequest::responseBytes);
    }

    /** The number of blob bytes that clients uploaded, with any method. */
    public long blobBytesUp() {
        return sum(RecordedRequest.matching(UPLOAD), RecordedRequest::requestBytes);
    }

    /** The number of bytes in all request and response bodies. */
    public long bytes() {
        return sum(request -> true, request -> request.requestBytes() + request.responseBytes());
    }

    /** The maximum number of concurrent requests. */
    public synchronized int peakConcurrency() {
        return peak;
    }

    /** Waits until a matching request has arrived; throws after a minute. */
    public void await(Predicate<RecordedRequest> predicate) {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (count(predicate) == 0) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no such request arrived, only these:\n" + summary());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** One line per request, for assertion messages. */
    public String summary() {
        return all().stream().map(RecordedRequest::line).collect(Collectors.joining("\n"));
    }

    @Override
    public String toString() {
        return summary();
    }

    public synchronized void clear() {
        requests.clear();
        peak = active;
    }

    private long sum(Predicate<RecordedRequest> predicate, ToLongFunction<RecordedRequest> value) {
        return all(predicate).stream().mapToLong(value).sum();
    }

    synchronized void begin(RecordedRequest request) {
        requests.add(request);
        active++;
        peak = Math.max(peak, active);
    }

    synchronized void end() {
        active--;
    }
}
