package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.XmlFile;
import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/** The last deliveries, for administrators. */
final class DeliveryLog {

    private static final Logger LOGGER = Logger.getLogger(DeliveryLog.class.getName());
    private static final int MAX = 200;

    private final XmlFile file;
    private final Deque<Delivery> deliveries = new ArrayDeque<>();
    private boolean changed;

    DeliveryLog(File file) {
        this.file = new XmlFile(Jenkins.XSTREAM2, file);
        try {
            if (this.file.exists() && this.file.read() instanceof List<?> list) {
                list.stream()
                        .filter(Delivery.class::isInstance)
                        .map(Delivery.class::cast)
                        .forEach(this::add);
                changed = false;
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read " + file);
        }
    }

    synchronized void add(Delivery delivery) {
        changed = true;
        deliveries.addLast(delivery);
        if (deliveries.size() > MAX) {
            deliveries.removeFirst();
        }
    }

    synchronized List<Delivery> newestFirst() {
        List<Delivery> all = new ArrayList<>(deliveries);
        Collections.reverse(all);
        return all;
    }

    synchronized Optional<Delivery> find(String id) {
        return deliveries.stream().filter(d -> d.getId().equals(id)).findFirst();
    }

    void saveIfChanged() throws IOException {
        boolean needed;
        synchronized (this) {
            needed = changed;
        }
        if (needed) {
            save();
        }
    }

    void save() throws IOException {
        List<Delivery> oldestFirst;
        synchronized (this) {
            oldestFirst = new ArrayList<>(deliveries);
            changed = false;
        }
        file.write(oldestFirst);
    }
}
