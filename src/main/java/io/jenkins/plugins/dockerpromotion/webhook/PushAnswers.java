package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;

/** The pushes that are yet to be answered; kept on disk, so that a restart forgets none. */
@Extension
public final class PushAnswers {

    private static final Logger LOGGER = Logger.getLogger(PushAnswers.class.getName());

    /** Beyond it the oldest are forgotten: who sends pushes without end shall not fill the disk. */
    private static final int MAX = 500;

    private final XmlFile file;
    private final List<AwaitedAnswer> awaited;
    private final Set<String> recovered = new HashSet<>();
    private boolean changed;

    public PushAnswers() {
        file = new XmlFile(
                Jenkins.XSTREAM2, new File(Jenkins.get().getRootDir(), "docker-promotion/pushes-to-answer.xml"));
        awaited = load();
        awaited.forEach(answer -> recovered.add(answer.pushId()));
    }

    public static PushAnswers get() {
        return ExtensionList.lookupSingleton(PushAnswers.class);
    }

    /**
     * Begins to wait for the builds of a push, if it can be answered. Before they go into the queue: one may be quick.
     *
     * @param again whether it is from before a restart, so that its builds may be there already
     */
    synchronized void await(Push push, List<TriggerIndex.Waiting> jobs, boolean again) {
        boolean known = awaited.stream().anyMatch(answer -> answer.pushId().equals(push.getId()));
        Optional<String> address = push.callbackAddress();
        if (address.isPresent() && !jobs.isEmpty() && !known) {
            awaited.add(AwaitedAnswer.of(push, address.get(), jobs));
            changed = true;
        }
        if (again) {
            recovered.add(push.getId());
        }
        while (awaited.size() > MAX) {
            AwaitedAnswer forgotten = awaited.remove(0);
            LOGGER.warning(
                    () -> "More than " + MAX + " pushes wait for their builds; " + forgotten + " is not answered");
        }
    }

    synchronized void forget(String pushId, String job) {
        awaited.stream().filter(answer -> answer.pushId().equals(pushId)).forEach(answer -> answer.forget(job));
        changed = true;
    }

    /** The pushes that a build can answer; none for one that no push started, such as a replayed one. */
    public synchronized List<AwaitedAnswer> of(Run<?, ?> run) {
        return awaited.stream().filter(answer -> answer.isFor(run)).toList();
    }

    /**
     * Answers a push now; then it is not done again when its builds have ended. Best effort.
     *
     * @return whether the answer was taken
     */
    public boolean answer(AwaitedAnswer push, CallbackMessage message, Notices log) throws InterruptedException {
        boolean taken = Callback.send(push.address(), message, log);
        if (taken) {
            done(push);
        }
        return taken;
    }

    synchronized void done(AwaitedAnswer push) {
        push.answered();
        changed = true;
        save();
    }

    synchronized void ended(Run<?, ?> run) {
        of(run).forEach(answer -> answer.ended(run.getParent().getFullName(), run));
        changed = true;
    }

    synchronized void cancelled(String pushId, String job) {
        awaited.stream().filter(answer -> answer.pushId().equals(pushId)).forEach(answer -> answer.ended(job, null));
        changed = true;
    }

    synchronized void renamed(String before, String now) {
        awaited.forEach(answer -> answer.renamed(before, now));
        changed |= !awaited.isEmpty();
    }

    /** Finds out, once, what became of builds while Jenkins was down. To be called when all deliveries are worked off. */
    void lookAgain() {
        List<AwaitedAnswer> open;
        synchronized (this) {
            open = awaited.stream()
                    .filter(answer -> recovered.contains(answer.pushId()))
                    .toList();
            recovered.clear();
        }
        Set<String> queued = open.isEmpty() ? Set.of() : queued();
        open.forEach(answer -> lookAgain(answer, queued));
    }

    /** Builds are loaded from disk without the lock. */
    private void lookAgain(AwaitedAnswer answer, Set<String> queued) {
        List<String> jobs;
        synchronized (this) {
            jobs = answer.open();
        }
        for (String job : jobs) {
            Run<?, ?> run = answer.find(job);
            if (run == null ? !queued.contains(answer.pushId() + ' ' + job) : !run.isBuilding()) {
                synchronized (this) {
                    answer.ended(job, run);
                    changed = true;
                }
            }
        }
    }

    private static Set<String> queued() {
        Set<String> queued = new HashSet<>();
        for (Queue.Item item : Queue.getInstance().getItems()) {
            if (item.task instanceof Job<?, ?> job) {
                item.getActions(PushAction.class)
                        .forEach(action -> queued.add(action.getPushId() + ' ' + job.getFullName()));
            }
        }
        return queued;
    }

    /** Those that are to be answered now, by the caller and nobody else. */
    synchronized List<AwaitedAnswer> claim() {
        return awaited.stream().filter(AwaitedAnswer::claim).collect(Collectors.toList());
    }

    /** What came of the builds of a claimed push. */
    synchronized AwaitedAnswer.Verdict verdict(AwaitedAnswer push) {
        return push.verdict();
    }

    private List<AwaitedAnswer> load() {
        List<AwaitedAnswer> loaded = new ArrayList<>();
        try {
            if (file.exists() && file.read() instanceof List<?> list) {
                list.stream()
                        .filter(AwaitedAnswer.class::isInstance)
                        .map(AwaitedAnswer.class::cast)
                        .forEach(loaded::add);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read " + file + "; pushes before the restart are not answered");
        }
        return loaded;
    }

    /** Writes down what changed since the last time, and forgets what is settled. */
    synchronized void save() {
        if (changed) {
            changed = false;
            awaited.removeIf(AwaitedAnswer::isSettled);
            try {
                file.write(new ArrayList<>(awaited));
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "Cannot keep which pushes are to be answered", e);
            }
        }
    }
}
