package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.util.List;

/** Fuzzes the bodies of notifications, as JSON and as forms. */
public final class PayloadFuzz {

    private static final List<String> TYPES = List.of("application/json", "application/x-www-form-urlencoded");

    private PayloadFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> TYPES.forEach(type -> read(input, type)));
    }

    private static void read(byte[] input, String type) {
        try {
            Payload payload = Payload.parse(input, type, List.of("registry.example.com"));
            payload.events().forEach(event -> FuzzInput.require(event.toString() != null, "no text"));
        } catch (IllegalArgumentException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
        }
    }
}
