package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.model.queue.QueueListener;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.util.AtmostOneTaskExecutor;

/**
 * The deliveries of the webhook: waiting ones, those with running builds or pending reports, and the last completed
 * ones. Each is a file that is written before the sender gets its answer. One thread starts the builds and writes
 * changes. A delivery tracks its builds to their end, so that builds lost in a restart can be queued again.
 */
@Extension
public final class PushStore {

    private static final Logger LOGGER = Logger.getLogger(PushStore.class.getName());
    private static final String SUFFIX = ".xml";

    /** Maximum number of waiting deliveries. One token may use half of it, so that no token can block the others. */
    static final int MAX_WAITING = 1000;

    static final int MAX_WAITING_OF_ONE_TOKEN = MAX_WAITING / 2;

    /** Number of deliveries to show. Older ones are kept only if they started a build, to recognise duplicates. */
    static final int SHOWN = 200;

    private static final int MAX_KEPT = 2000;

    private final Path directory;

    /** By id, oldest first. */
    private final Map<String, Delivery> deliveries = new LinkedHashMap<>();

    private final Set<Delivery> changed = new LinkedHashSet<>();

    /** Deliveries from before the restart, whose builds may be queued or lost. For the worker only. */
    private final Set<Delivery> recovered = new LinkedHashSet<>();

    private final AtmostOneTaskExecutor<Void> worker =
            new AtmostOneTaskExecutor<>(Computer.threadPoolForRemoting, this::work);
    private boolean ready;

    public PushStore() {
        this(new File(Jenkins.get().getRootDir(), "docker-promotion/deliveries").toPath());
    }

    PushStore(Path directory) {
        this.directory = directory;
    }

    public static PushStore get() {
        return ExtensionList.lookupSingleton(PushStore.class);
    }

    /** For installation without a restart. When Jenkins starts, the queue may not be loaded yet: see below. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED)
    public static void startInRunningJenkins() {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            get().start();
        }
    }

    /** Reads stored deliveries, and starts to work. Called after jobs, triggers and the queue are loaded. */
    private void start() {
        synchronized (this) {
            if (!ready) {
                read();
                ready = true;
            }
        }
        worker.submit();
    }

    /** The last ones, newest first. */
    synchronized List<Delivery> newestFirst() {
        List<Delivery> all = new ArrayList<>(deliveries.values());
        Collections.reverse(all);
        return List.copyOf(all.subList(0, Math.min(SHOWN, all.size())));
    }

    synchronized Optional<Delivery> find(String id) {
        return Optional.ofNullable(deliveries.get(id));
    }

    /**
     * Stores a delivery durably.
     *
     * @return whether there was room for it
     * @throws IOException if it cannot be written
     */
    boolean take(Delivery delivery) throws IOException {
        if (!hasRoom(delivery.getToken())) {
            return false;
        }
        write(delivery);
        synchronized (this) {
            keep(delivery);
        }
        worker.submit();
        return true;
    }

    /** Deliveries that arrive at the same moment may exceed the maximum by their number. */
    private synchronized boolean hasRoom(String token) {
        List<Delivery> waiting = waiting().toList();
        return waiting.size() < MAX_WAITING
                && waiting.stream().filter(d -> d.getToken().equals(token)).count() < MAX_WAITING_OF_ONE_TOKEN;
    }

    private Stream<Delivery> waiting() {
        return deliveries.values().stream().filter(Delivery::isWaiting);
    }

    /** Keeps a refused delivery for the page. */
    void note(Delivery refused) {
        synchronized (this) {
            keep(refused);
            changed.add(refused);
        }
        worker.submit();
    }

    private void keep(Delivery delivery) {
        deliveries.put(delivery.getId(), delivery);
        int tooOld = deliveries.size() - SHOWN;
        for (Delivery old : List.copyOf(deliveries.values())) {
            if (tooOld-- <= 0) {
                break;
            }
            boolean worthKeeping =
                    old.isWaiting() || old.getOutcome() == Delivery.Outcome.STARTED && deliveries.size() <= MAX_KEPT;
            if (!worthKeeping) {
                deliveries.remove(old.getId());
                changed.add(old);
            }
        }
    }

    /** Whether another delivery of the same push started a build. */
    synchronized boolean isRepeated(Push push) {
        return deliveries.values().stream()
                .flatMap(delivery -> delivery.getPushes().stream())
                .anyMatch(other ->
                        other != push && other.isSameAs(push) && !other.jobs().isEmpty());
    }

    private Void work() {
        synchronized (this) {
            if (!ready) {
                return null;
            }
        }
        for (Optional<Delivery> next = next(); next.isPresent(); next = next()) {
            schedule(next.get());
            writeChanges();
        }
        followRecovered();
        writeChanges();
        answerWhatIsDue();
        return null;
    }

    private synchronized Optional<Delivery> next() {
        return waiting().findFirst();
    }

    private void schedule(Delivery delivery) {
        for (Push push : delivery.getPushes()) {
            if (!push.isScheduled()) {
                new PushScheduler(this, delivery, push, recovered.contains(delivery)).schedule();
            }
        }
    }

    /** Changes the state of a push. */
    void change(Delivery delivery, Runnable change) {
        change.run();
        synchronized (this) {
            changed.add(delivery);
        }
    }

    /** Checks once what happened to builds while Jenkins was down. */
    private void followRecovered() {
        for (Delivery delivery : recovered) {
            for (Push push : delivery.getPushes()) {
                new PushScheduler(this, delivery, push, true).follow();
            }
        }
        recovered.clear();
    }

    private void writeChanges() {
        List<Delivery> toWrite;
        synchronized (this) {
            toWrite = List.copyOf(changed);
            changed.clear();
        }
        for (Delivery delivery : toWrite) {
            try {
                if (find(delivery.getId()).isPresent()) {
                    write(delivery);
                } else {
                    Files.deleteIfExists(file(delivery));
                }
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "Cannot save the delivery " + delivery.getId());
            }
        }
    }

    /** Returns after the delivery is safely on disk. */
    private void write(Delivery delivery) throws IOException {
        String xml = delivery.toXml();
        Files.createDirectories(directory);
        try (AtomicFileWriter file = new AtomicFileWriter(file(delivery), StandardCharsets.UTF_8)) {
            file.write(xml);
            file.commit();
        }
    }

    private Path file(Delivery delivery) {
        return directory.resolve(delivery.getId() + SUFFIX);
    }

    /** Unreadable files are kept and logged. */
    private void read() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Delivery> read = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                try {
                    read.add(Delivery.ofXml(Files.readString(file)));
                } catch (IOException | RuntimeException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot read the delivery " + file);
                }
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read the deliveries in " + directory);
        }
        read.sort(Comparator.comparing(Delivery::getReceived));
        for (Delivery delivery : read) {
            keep(delivery);
            recovered.add(delivery);
        }
    }

    /** The pushes that {@code run} can report to; none for builds not started by a push, such as replayed ones. */
    public List<Push> answerable(Run<?, ?> run) {
        List<Push> pushes = new ArrayList<>();
        of(run, (delivery, push) -> {
            if (push.callbackAddress().isPresent()) {
                pushes.add(push);
            }
        });
        return pushes;
    }

    /**
     * Reports a result now. If it is accepted, no report follows when the builds have ended. Best effort.
     *
     * @return whether the report was accepted
     */
    public boolean answer(Push push, CallbackMessage message, Notices log) throws InterruptedException {
        boolean taken = Callback.send(push.callbackAddress().orElse(""), message, log);
        if (taken) {
            answered(push);
        }
        return taken;
    }

    private void answered(Push push) {
        deliveryOf(push.getId()).ifPresent(delivery -> change(delivery, push::answered));
        worker.submit();
    }

    private synchronized Optional<Delivery> deliveryOf(String pushId) {
        return deliveries.values().stream()
                .filter(delivery -> delivery.push(pushId).isPresent())
                .findFirst();
    }

    private void answerWhatIsDue() {
        Collection<Delivery> all;
        synchronized (this) {
            all = List.copyOf(deliveries.values());
        }
        for (Delivery delivery : all) {
            for (Push push : delivery.getPushes()) {
                if (push.claim()) {
                    // A report may be retried for minutes, which the others need not wait for.
                    Computer.threadPoolForRemoting.execute(() -> answerWithResults(push));
                }
            }
        }
    }

    private void answerWithResults(Push push) {
        // Best effort: not retried after a failure, but continued after a restart of Jenkins.
        boolean done = true;
        try {
            boolean taken = answer(push, message(push), LOGGER::info);
            LOGGER.info(() -> (taken
                            ? "Reported the build result for the push of "
                            : "Could not report the build result for the push of ")
                    + push);
        } catch (InterruptedException e) {
            done = false;
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Could not report the build result for the push of " + push);
        } finally {
            if (done) {
                answered(push);
            }
        }
    }

    /** Reports the worst result, and names all builds. */
    private static CallbackMessage message(Push push) {
        Run<?, ?> worst =
                push.worstRun().<Run<?, ?>>map(Run::fromExternalizableId).orElse(null);
        return Callback.message(worst, Callback.stateOf(push.result()), push.results());
    }

    /** Keeps the causes of the pushes that started a build. */
    private void of(Run<?, ?> run, BiConsumer<Delivery, Push> consumer) {
        String job = run.getParent().getFullName();
        for (DockerPushCause.InQueue action : run.getActions(DockerPushCause.InQueue.class)) {
            deliveryOf(action.getPushId())
                    .ifPresent(delivery -> delivery.push(action.getPushId())
                            .filter(push -> push.isOf(job))
                            .ifPresent(push -> consumer.accept(delivery, push)));
        }
    }

    private void follow(Run<?, ?> run, Consumer<Push> change) {
        of(run, (delivery, push) -> change(delivery, () -> change.accept(push)));
        worker.submit();
    }

    /**
     * Listens to builds. The calling thread may hold locks of Jenkins, so this only records the event; the worker
     * processes it.
     */
    @Extension
    public static final class Builds extends RunListener<Run<?, ?>> {
        @Override
        public void onStarted(Run<?, ?> run, TaskListener listener) {
            if (run.getAction(DockerPushCause.InQueue.class) != null) {
                get().follow(run, push -> push.started(run.getParent().getFullName(), run));
            }
        }

        @Override
        public void onFinalized(Run<?, ?> run) {
            if (run.getAction(DockerPushCause.InQueue.class) != null) {
                get().follow(run, push -> push.ended(run.getParent().getFullName(), run));
            }
        }
    }

    /** Listens for builds that are removed from the queue. */
    @Extension
    public static final class Cancellations extends QueueListener {
        @Override
        public void onLeft(Queue.LeftItem item) {
            DockerPushCause.InQueue action = item.getAction(DockerPushCause.InQueue.class);
            if (action != null && item.isCancelled() && item.task instanceof Job<?, ?> job) {
                get().cancelled(action.getPushId(), job.getFullName());
            }
        }
    }

    private void cancelled(String pushId, String job) {
        deliveryOf(pushId)
                .ifPresent(delivery ->
                        change(delivery, () -> delivery.push(pushId).ifPresent(push -> push.ended(job, null))));
        worker.submit();
    }

    /** Listens for the end of startup, and for jobs that are renamed or moved, also with their folder. */
    @Extension
    public static final class Items extends ItemListener {
        @Override
        public void onLoaded() {
            get().start();
        }

        @Override
        public void onLocationChanged(Item item, String before, String now) {
            get().renamed(before, now);
        }
    }

    private void renamed(String before, String now) {
        List<Delivery> all;
        synchronized (this) {
            all = List.copyOf(deliveries.values());
        }
        for (Delivery delivery : all) {
            if (delivery.getJobs().contains(before)) {
                change(delivery, () -> delivery.getPushes().forEach(push -> push.renamed(before, now)));
            }
        }
        worker.submit();
    }
}
