package io.jenkins.plugins.dockerpromotion.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
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
import java.util.HashMap;
import java.util.HashSet;
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
 * The deliveries of the webhook: those that wait, those whose builds run, those that are to be answered, and the last ones
 * that are done. Each is a file, written before its sender hears that it was taken. One thread starts the builds and
 * writes what changed. A delivery follows its builds to their end, so after a restart it is known which of them Jenkins
 * lost, and these are put into the queue again.
 */
@Extension
public final class PushStore {

    private static final Logger LOGGER = Logger.getLogger(PushStore.class.getName());
    private static final String SUFFIX = ".xml";

    /** At most so many wait. One token may have half of them, so that no token keeps the others out. */
    static final int MAX_WAITING = 1000;

    static final int MAX_WAITING_OF_ONE_TOKEN = MAX_WAITING / 2;

    /** So many are shown. Older ones are kept only if they started a build, so that they are known when they come again. */
    static final int SHOWN = 200;

    private static final int MAX_KEPT = 2000;

    private final Path directory;

    /** By id, oldest first; those that wait are also in {@link #waiting}. */
    private final Map<String, Delivery> deliveries = new LinkedHashMap<>();

    private final Map<String, Delivery> byPush = new HashMap<>();
    private final Set<Delivery> waiting = new LinkedHashSet<>();
    private final List<Delivery> arriving = new ArrayList<>();
    private final Set<Delivery> changed = new LinkedHashSet<>();

    /** Those from before the start, whose builds may be in the queue already, or lost. */
    private final Set<Delivery> recovered = new LinkedHashSet<>();

    /** What pushes that started a build are equal by, and the id of the first of them. */
    private final Map<String, String> seen = new HashMap<>();

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

    /** For a plugin that is installed while Jenkins runs. At a start of Jenkins the queue may not be loaded yet: see below. */
    @Initializer(after = InitMilestone.JOB_CONFIG_ADAPTED)
    public static void startInRunningJenkins() {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            get().start();
        }
    }

    /** Reads what an earlier Jenkins left, and begins to work. Called when jobs, triggers and the queue are loaded. */
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
     * Takes a delivery for good.
     *
     * @return whether there was room for it
     * @throws IOException if it cannot be written
     */
    boolean take(Delivery delivery) throws IOException {
        if (!reserve(delivery)) {
            return false;
        }
        try {
            write(delivery);
            synchronized (this) {
                keep(delivery);
                waiting.add(delivery);
            }
        } finally {
            synchronized (this) {
                arriving.remove(delivery);
            }
        }
        worker.submit();
        return true;
    }

    private synchronized boolean reserve(Delivery delivery) {
        List<Delivery> all = new ArrayList<>(waiting);
        all.addAll(arriving);
        long ofToken = all.stream()
                .filter(d -> d.getToken().equals(delivery.getToken()))
                .count();
        return all.size() < MAX_WAITING && ofToken < MAX_WAITING_OF_ONE_TOKEN && arriving.add(delivery);
    }

    /** Keeps one that was refused, to be shown. */
    void note(Delivery refused) {
        synchronized (this) {
            keep(refused);
            changed.add(refused);
        }
        worker.submit();
    }

    private void keep(Delivery delivery) {
        deliveries.put(delivery.getId(), delivery);
        delivery.getPushes().forEach(push -> byPush.put(push.getId(), delivery));
        int tooOld = deliveries.size() - SHOWN;
        for (Delivery old : List.copyOf(deliveries.values())) {
            if (tooOld-- <= 0) {
                break;
            }
            boolean worthKeeping = old.getOutcome() == Delivery.Outcome.WAITING
                    || old.getOutcome() == Delivery.Outcome.STARTED && deliveries.size() <= MAX_KEPT;
            if (!worthKeeping) {
                forget(old);
            }
        }
    }

    private void forget(Delivery old) {
        deliveries.remove(old.getId());
        Set<String> pushes = new HashSet<>();
        old.getPushes().forEach(push -> pushes.add(push.getId()));
        byPush.keySet().removeAll(pushes);
        seen.values().removeAll(pushes);
        changed.add(old);
    }

    /** Whether a push came before, as another one, and started a build. */
    synchronized boolean isRepeated(Push push) {
        return push.event()
                .identity()
                .map(seen::get)
                .filter(first -> !first.equals(push.getId()))
                .isPresent();
    }

    /** A build of the push is in the queue: when the same push is delivered again, it starts nothing. */
    synchronized void remember(Push push) {
        push.event().identity().ifPresent(identity -> seen.putIfAbsent(identity, push.getId()));
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
        return waiting.stream().findFirst();
    }

    private void schedule(Delivery delivery) {
        boolean again;
        synchronized (this) {
            again = recovered.contains(delivery);
        }
        try {
            for (Push push : delivery.getPushes()) {
                if (!push.isScheduled()) {
                    new PushScheduler(this, delivery, push, again).schedule();
                }
            }
        } finally {
            synchronized (this) {
                waiting.remove(delivery);
                changed.add(delivery);
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

    /** Finds out, once, what became of builds while Jenkins was down. */
    private void followRecovered() {
        List<Delivery> before;
        synchronized (this) {
            before = List.copyOf(recovered);
            recovered.clear();
        }
        for (Delivery delivery : before) {
            for (Push push : delivery.getPushes()) {
                new PushScheduler(this, delivery, push, true).follow();
            }
        }
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

    /** Returns when the delivery would survive a loss of power. */
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

    /** A file that cannot be read is left where it is, and the log names it. */
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
            if (delivery.getOutcome() == Delivery.Outcome.WAITING) {
                waiting.add(delivery);
            }
            delivery.getPushes().stream().filter(push -> !push.jobs().isEmpty()).forEach(this::remember);
        }
    }

    /** The pushes that {@code run} can answer; none for a build that no push started, such as a replayed one. */
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
     * Answers a push now. If the answer is taken, the push is not answered again when its builds have ended. Best effort.
     *
     * @return whether the answer was taken
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
        return Optional.ofNullable(byPush.get(pushId));
    }

    private void answerWhatIsDue() {
        Collection<Delivery> all;
        synchronized (this) {
            all = List.copyOf(deliveries.values());
        }
        for (Delivery delivery : all) {
            for (Push push : delivery.getPushes()) {
                if (push.claim()) {
                    // An answer that is not taken at once is tried for minutes, which the others need not wait for.
                    Computer.threadPoolForRemoting.execute(() -> answerWithResults(push));
                }
            }
        }
    }

    private void answerWithResults(Push push) {
        // Best effort: whatever goes wrong, it is not tried again. But if Jenkins ends, the next one goes on.
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

    /** The worst of the builds speaks for all of them, and all are named. */
    private static CallbackMessage message(Push push) {
        Run<?, ?> worst =
                push.worstRun().<Run<?, ?>>map(Run::fromExternalizableId).orElse(null);
        return Callback.message(worst, Callback.stateOf(push.result()), push.results());
    }

    /** Passes on the pushes that started a build. */
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
     * Hears of builds. May be called by a thread that holds locks of Jenkins: what it hears is noted, and the worker
     * writes it and acts on it.
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

    /** Hears of builds that are taken out of the queue. */
    @Extension
    public static final class Cancellations extends QueueListener {
        @Override
        public void onLeft(Queue.LeftItem item) {
            DockerPushCause.InQueue action = item.getAction(DockerPushCause.InQueue.class);
            if (action != null && item.isCancelled() && item.task instanceof Job<?, ?> job) {
                get().ended(action.getPushId(), job.getFullName(), null);
            }
        }
    }

    void ended(String pushId, String job, @CheckForNull Run<?, ?> run) {
        deliveryOf(pushId)
                .ifPresent(delivery ->
                        delivery.push(pushId).ifPresent(push -> change(delivery, () -> push.ended(job, run))));
        worker.submit();
    }

    /** Hears that Jenkins is ready, and of jobs that are renamed or moved, or whose folder is. */
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
