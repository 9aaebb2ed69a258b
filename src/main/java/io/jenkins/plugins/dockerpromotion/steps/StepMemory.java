package io.jenkins.plugins.dockerpromotion.steps;

import hudson.remoting.RemoteOutputStream;
import io.jenkins.plugins.dockerpromotion.registry.http.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What the operation of a step keeps on the controller. It goes to the agent with the operation; what the operation adds
 * comes back as text, a line for each fact.
 */
final class StepMemory implements Memory, Serializable {

    private static final long serialVersionUID = 1L;

    private final HashMap<String, String> earlier;
    private final RemoteOutputStream controller;

    /**
     * @param earlier what earlier attempts kept
     * @param keeper takes on the controller what this attempt adds
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

    /** Turns the lines of an agent into facts. */
    private static final class Facts extends OutputStream {

        /** Thousands of tags; an agent must not fill the controller's memory. */
        private static final int MOST = 1_000_000;

        private final Consumer<Map<String, String>> keeper;
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        private int size;

        Facts(Consumer<Map<String, String>> keeper) {
            this.keeper = keeper;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            size += length;
            if (size > MOST) {
                throw new IOException("more than " + MOST + " bytes to keep");
            }
            lines.write(bytes, from, length);
        }

        @Override
        public void flush() {
            Map<String, String> facts = lines.toString(StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> (line + " ").split(" ", 3))
                    .collect(Collectors.toMap(words -> words[0], words -> words[1], (before, after) -> after));
            lines.reset();
            keeper.accept(facts);
        }
    }
}
