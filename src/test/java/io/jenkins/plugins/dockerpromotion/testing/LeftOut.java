package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Skips test classes and prints the reason in a format that scripts evaluate. */
public final class LeftOut {

    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private LeftOut() {}

    /** Skips the test class unless the condition holds. Prints {@code left out: <test class>: <reason>} once. */
    public static void unless(boolean condition, Class<?> testClass, String reason) {
        String line = "left out: " + testClass.getSimpleName() + ": " + reason;
        if (!condition && SAID.add(line)) {
            System.out.println(line);
        }
        Assumptions.assumeTrue(condition, line);
    }
}
