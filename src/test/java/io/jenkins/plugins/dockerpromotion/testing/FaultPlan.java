package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The faults a server was told to have; the first that matches a request and is not used up applies to it. */
final class FaultPlan {

    private final List<Planned> faults = new CopyOnWriteArrayList<>();

    void add(Predicate<RecordedRequest> predicate, Fault fault) {
        faults.add(new Planned(predicate, fault, new AtomicInteger(fault.times())));
    }

    void clear() {
        faults.clear();
    }

    Answer apply(RecordedRequest request, Fault.Handling handling) throws IOException {
        for (Planned planned : faults) {
            if (planned.predicate.test(request) && planned.take()) {
                return planned.fault.apply(handling);
            }
        }
        return handling.proceed();
    }

    private record Planned(Predicate<RecordedRequest> predicate, Fault fault, AtomicInteger left) {

        boolean take() {
            return left.getAndUpdate(n -> Math.max(n - 1, 0)) > 0;
        }
    }
}
