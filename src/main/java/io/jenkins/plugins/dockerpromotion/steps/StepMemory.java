package io.jenkins.plugins.dockerpromotion.steps;

import hudson.remoting.RemoteOutputStream;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Facts that a step's operation keeps on the controller, so that they survive a restart. Sent to the agent with the
 * operation; additions are returned as text, one line for each fact.
 */
final class StepMemory implements RegistryContext.Memory, Serializable {

    private static final long serialVersionUID = 1L;

    private final HashMap<String, String> earlier;
    private final RemoteOutputStream controller;

    /**
     * @param earlier facts from earlier attempts
     * @param keeper stores additions of this attempt on the controller
     */
    StepMemory(Map<String, String> earlier, Consumer<Map<String, String>> keeper) {
        this.earlier = new HashMap<>(earlier);
        this.controller = new RemoteOutputStream(new Facts(keeper));
    }

    @Override
    public Optional<String> recall(String key) {
        return Optional.ofNullable(earlier.get(key));
    }

    @Override
    public void keep(Map<String, String> facts) throws IOException {
        if (!facts.isEmpty()) {
            String lines = facts.entrySet().stream()
                    .map(fact -> fact.getKey() + " " + fact.getValue() + "\n")
                    .collect(Collectors.joining());
            controller.write(lines.getBytes(StandardCharsets.UTF_8));
            controller.flush();
        }
    }

    /** Parses lines from an agent into facts. */
    private static final class Facts extends ByteArrayOutputStream {

        private final Consumer<Map<String, String>> keeper;

        Facts(Consumer<Map<String, String>> keeper) {
            this.keeper = keeper;
        }

        @Override
        public void flush() {
            Map<String, String> facts = toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> (line + " ").split(" ", 3))
                    .collect(Collectors.toMap(words -> words[0], words -> words[1], (before, after) -> after));
            reset();
            keeper.accept(facts);
        }
    }
}
