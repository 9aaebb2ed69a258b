package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Says on the console, in a form that scripts collect, which tests were left out and why. */
public final class LeftOut {

    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private LeftOut() {}

    /** Skips a test class, with {@code left out: <test class>: <reason>} in a line of its own, once. */
    public static void unless(boolean condition, Class<?> testClass, String reason) {
        String line = "left out: " + testClass.getSimpleName() + ": " + reason;
        if (!condition && SAID.add(line)) {
            System.out.println(line);
        }
        Assumptions.assumeTrue(condition, line);
    }
}
