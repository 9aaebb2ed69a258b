package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.model.queue.QueueListener;
import java.util.logging.Logger;
import jenkins.util.AtmostOneTaskExecutor;

/**
 * Answers a push once all builds it started, and whose triggers ask for it, have ended. Never in the thread of a build,
 * which may hold locks: what listeners hear is noted there, and written down and acted on elsewhere.
 */
@Extension
public final class AutomaticCallback {

    private static final Logger LOGGER = Logger.getLogger(AutomaticCallback.class.getName());

    private final AtmostOneTaskExecutor<Void> worker =
            new AtmostOneTaskExecutor<>(Computer.threadPoolForRemoting, AutomaticCallback::workOff);

    static AutomaticCallback get() {
        return ExtensionList.lookupSingleton(AutomaticCallback.class);
    }

    /** Something may be to be answered now. */
    void look() {
        worker.submit();
    }

    private static Void workOff() {
        PushAnswers answers = PushAnswers.get();
        answers.save();
        for (AwaitedAnswer push : answers.claim()) {
            // One that is not taken at once is tried for minutes, which the others need not wait for.
            Computer.threadPoolForRemoting.execute(() -> answer(push));
        }
        return null;
    }

    private static void answer(AwaitedAnswer push) {
        PushAnswers answers = PushAnswers.get();
        try {
            boolean taken = answers.answer(push, answers.verdict(push).message(), LOGGER::info);
            LOGGER.info(() -> (taken ? "Answered the push of " : "Nobody took the answer to the push of ") + push);
            // Taken or not: it is best effort.
            answers.done(push);
        } catch (InterruptedException e) {
            // Jenkins ends; the next one goes on.
            Thread.currentThread().interrupt();
        }
    }

    /** Hears of builds that end. */
    @Extension
    public static final class Builds extends RunListener<Run<?, ?>> {
        @Override
        public void onFinalized(Run<?, ?> run) {
            if (run.getAction(PushAction.class) != null) {
                PushAnswers.get().ended(run);
                AutomaticCallback.get().look();
            }
        }
    }

    /** Hears of builds that are taken out of the queue. */
    @Extension
    public static final class Waiting extends QueueListener {
        @Override
        public void onLeft(Queue.LeftItem item) {
            PushAction action = item.getAction(PushAction.class);
            if (action != null && item.isCancelled() && item.task instanceof Job<?, ?> job) {
                PushAnswers.get().cancelled(action.getPushId(), job.getFullName());
                AutomaticCallback.get().look();
            }
        }
    }

    /** Hears of jobs that are renamed or moved, or whose folder is. */
    @Extension
    public static final class Names extends ItemListener {
        @Override
        public void onLocationChanged(Item item, String before, String now) {
            PushAnswers.get().renamed(before, now);
            AutomaticCallback.get().look();
        }
    }
}
