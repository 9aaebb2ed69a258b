package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.XmlFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/** Deliveries on disk: written through to it before the sender hears that they were taken, gone once worked off. */
final class Spool {

    private static final Logger LOGGER = Logger.getLogger(Spool.class.getName());
    private static final String SUFFIX = ".xml";

    private final File directory;

    Spool(File directory) {
        this.directory = directory;
    }

    /** Returns when the delivery would survive a loss of power. */
    void write(Delivery delivery) throws IOException {
        Files.createDirectories(directory.toPath());
        file(delivery).write(delivery);
    }

    void delete(Delivery delivery) {
        try {
            Files.deleteIfExists(file(delivery).getFile().toPath());
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot delete the delivery " + delivery.getId());
        }
    }

    /** What was not worked off, in the order it came; what cannot be read is left where it is, and said. */
    List<Delivery> read() throws IOException {
        List<Delivery> deliveries = new ArrayList<>();
        if (!directory.isDirectory()) {
            return deliveries;
        }
        try (Stream<Path> files = Files.list(directory.toPath())) {
            for (Path path : files.filter(p -> p.toString().endsWith(SUFFIX)).toList()) {
                try {
                    deliveries.add((Delivery) new XmlFile(Jenkins.XSTREAM2, path.toFile()).read());
                } catch (IOException | ClassCastException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot read the delivery " + path);
                }
            }
        }
        deliveries.sort(Comparator.comparing(Delivery::getReceived));
        return deliveries;
    }

    private XmlFile file(Delivery delivery) {
        return new XmlFile(Jenkins.XSTREAM2, new File(directory, delivery.getId() + SUFFIX));
    }
}
