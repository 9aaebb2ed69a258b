package io.jenkins.plugins.dockerpromotion.agent;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Sets that forget their oldest elements, for what an agent has to remember for a while only. */
public final class Latest {

    private Latest() {}

    /** A set of at most {@code size} elements, those added last. Not safe for use by several threads. */
    public static <T> Set<T> of(int size) {
        return Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<T, Boolean> eldest) {
                return size() > size;
            }
        });
    }
}
