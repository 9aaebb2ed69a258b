package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.util.TextFile;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** The last pushes that were worked off, so that the same notification starts its builds once. */
final class SeenPushes {

    private static final Logger LOGGER = Logger.getLogger(SeenPushes.class.getName());
    private static final int MAX = 5000;

    private final TextFile file;
    private final Map<String, String> ids = new LinkedHashMap<>();

    SeenPushes(File file) {
        this.file = new TextFile(file);
        try {
            if (this.file.exists()) {
                this.file
                        .read()
                        .lines()
                        .map(line -> line.split(" ", 2))
                        .filter(parts -> parts.length == 2)
                        .forEach(parts -> ids.put(parts[0], parts[1]));
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read " + file + "; a repeated push may start builds again");
        }
    }

    /** Whether the push came before with another id; remembers it if not. */
    synchronized boolean isRepeated(String id, PushEvent event) {
        Optional<String> key = event.identity()
                .map(identity ->
                        Digest.sha256(identity.getBytes(StandardCharsets.UTF_8)).hex());
        if (key.isEmpty()) {
            return false;
        }
        String first = ids.putIfAbsent(key.get(), id);
        if (ids.size() > MAX) {
            ids.remove(ids.keySet().iterator().next());
        }
        return first != null && !first.equals(id);
    }

    synchronized void save() throws IOException {
        file.write(ids.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining("\n")));
    }
}
