package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Queue;
import hudson.model.listeners.ItemListener;
import java.io.File;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.AtmostOneTaskExecutor;

/**
 * The way of a delivery from the webhook to the queue of Jenkins: first to disk, then, by one thread, through the
 * triggers; only when the queue is on disk too is the delivery removed. So a delivery that was taken is never lost, and
 * what waits is bounded in memory and on disk.
 */
@Extension
public final class Deliveries {

    private static final Logger LOGGER = Logger.getLogger(Deliveries.class.getName());

    /** So many may wait, half of them with one token, so that none keeps the others out. */
    static final int MAX_WAITING = 1000;

    static final int MAX_OF_ONE_TOKEN = MAX_WAITING / 2;
    private static final int BATCH = 100;

    private final Spool spool;
    private final SeenPushes seen;
    private final DeliveryLog log;
    private final PushScheduler scheduler;
    private final Deque<Delivery> waiting = new ArrayDeque<>();
    private final Set<Delivery> beingWritten = new HashSet<>();
    private final Set<String> recovered = ConcurrentHashMap.newKeySet();
    private final AtmostOneTaskExecutor<Void> worker =
            new AtmostOneTaskExecutor<>(Computer.threadPoolForRemoting, this::workOff);
    private boolean loaded;

    public Deliveries() {
        File directory = new File(Jenkins.get().getRootDir(), "docker-promotion");
        spool = new Spool(new File(directory, "deliveries"));
        seen = new SeenPushes(new File(directory, "pushes-seen.txt"));
        log = new DeliveryLog(new File(directory, "recent-deliveries.xml"));
        scheduler = new PushScheduler(seen);
    }

    static Deliveries get() {
        return ExtensionList.lookupSingleton(Deliveries.class);
    }

    /** The last ones, whatever became of them. */
    public List<Delivery> newestFirst() {
        return log.newestFirst();
    }

    Optional<Delivery> find(String id) {
        return log.find(id);
    }

    /**
     * Takes a delivery for good.
     *
     * @return whether there was room for it
     * @throws IOException if it cannot be kept
     */
    boolean take(Delivery delivery) throws IOException {
        if (!reserve(delivery)) {
            return false;
        }
        boolean kept = false;
        try {
            spool.write(delivery);
            kept = true;
        } finally {
            settle(delivery, kept);
        }
        worker.submit();
        return true;
    }

    private synchronized boolean reserve(Delivery delivery) {
        long ofToken = waiting.stream()
                        .filter(d -> d.getToken().equals(delivery.getToken()))
                        .count()
                + beingWritten.stream()
                        .filter(d -> d.getToken().equals(delivery.getToken()))
                        .count();
        return waiting.size() + beingWritten.size() < MAX_WAITING
                && ofToken < MAX_OF_ONE_TOKEN
                && beingWritten.add(delivery);
    }

    private synchronized void settle(Delivery delivery, boolean kept) {
        beingWritten.remove(delivery);
        if (kept) {
            waiting.add(delivery);
            log.add(delivery);
        }
    }

    /** One that came to nothing already. */
    void note(Delivery delivery) {
        log.add(delivery);
        worker.submit();
    }

    private Void workOff() {
        for (List<Delivery> batch = nextBatch(); !batch.isEmpty(); batch = nextBatch()) {
            for (Delivery delivery : batch) {
                try {
                    scheduler.schedule(delivery, recovered.remove(delivery.getId()));
                } catch (RuntimeException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot work off the delivery " + delivery.getId());
                    delivery.end(List.of(), List.of("failed; the log of Jenkins says why"));
                }
            }
            finish(batch);
        }
        saveRefused();
        PushAnswers.get().lookAgain();
        AutomaticCallback.get().look();
        return null;
    }

    private synchronized List<Delivery> nextBatch() {
        List<Delivery> batch = new ArrayList<>();
        while (loaded && batch.size() < BATCH && !waiting.isEmpty()) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    /** In this order: whenever Jenkins is killed, each delivery is still there, or its builds are. */
    private void finish(List<Delivery> batch) {
        Queue.getInstance().save();
        PushAnswers.get().save();
        try {
            seen.save();
            log.save();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot keep which deliveries were worked off", e);
        }
        batch.forEach(spool::delete);
    }

    /** By the one thread that works off, so that many are one write. */
    private void saveRefused() {
        try {
            log.saveIfChanged();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot keep which deliveries were refused", e);
        }
    }

    private synchronized void recover() {
        try {
            for (Delivery delivery : spool.read()) {
                waiting.add(delivery);
                recovered.add(delivery.getId());
                if (log.find(delivery.getId()).isEmpty()) {
                    log.add(delivery);
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot read the deliveries that were not worked off", e);
        }
        loaded = true;
    }

    /** Goes on where the last Jenkins stopped, once all jobs and their triggers are there. */
    @Extension
    public static final class Start extends ItemListener {
        @Override
        public void onLoaded() {
            Deliveries deliveries = Deliveries.get();
            deliveries.recover();
            deliveries.worker.submit();
        }
    }
}
