package io.jenkins.plugins.dockerpromotion.testing;

import java.util.concurrent.atomic.AtomicInteger;

/** Docker Hub's limit of pulls: a GET of a manifest counts, a HEAD only tells how many are left. */
final class PullLimit {

    private static final String WINDOW = ";w=21600";

    private final int limit;
    private final AtomicInteger remaining;

    /** A negative limit is none. */
    PullLimit(int limit) {
        this.limit = limit;
        this.remaining = new AtomicInteger(limit);
    }

    int remaining() {
        return remaining.get();
    }

    Answer count(Incoming request, Answer answer) {
        if (limit < 0 || !request.reads()) {
            return answer;
        }
        int before = request.is("GET") ? remaining.getAndUpdate(n -> Math.max(n - 1, 0)) : remaining.get();
        boolean exceeded = request.is("GET") && before == 0;
        return (exceeded ? tooMany() : answer)
                .with("ratelimit-limit", limit + WINDOW)
                .with("ratelimit-remaining", remaining.get() + WINDOW);
    }

    private static Answer tooMany() {
        return Answer.error(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
    }
}
