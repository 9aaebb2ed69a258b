package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Prevents steps of this controller from changing the same tags at the same time. Registries have no conditional
 * writes, so two builds could both find a tag free and then write it.
 *
 * <p>Locks are granted in the order of the requests: a request never overtakes another one for the same name, so a step
 * that needs several names cannot starve. Locks are kept in memory; resumed steps request theirs again.
 */
@Extension
public final class RepositoryLocks {

    /** Held and waiting locks, oldest first. */
    private final List<Lock> locks = new ArrayList<>();

    private final Executor threads;

    public RepositoryLocks() {
        this(Computer.threadPoolForRemoting);
    }

    RepositoryLocks(Executor threads) {
        this.threads = threads;
    }

    static RepositoryLocks get() {
        return ExtensionList.lookupSingleton(RepositoryLocks.class);
    }

    /**
     * The names that a lock covers. Two locks conflict if they share a name that is exclusive in one of them.
     *
     * @param exclusive names that nobody else may use at the same time
     * @param shared names that other locks may share
     */
    record Names(Set<String> exclusive, Set<String> shared) {

        static final Names NONE = new Names(Set.of(), Set.of());

        /** All tags of a repository, because a deletion by digest may affect any of them. */
        static Names repository(ImageName image) {
            return new Names(Set.of(image.toString()), Set.of());
        }

        /**
         * The targets of promotions; other content of their repositories, and of those of the promoted images, must not
         * be deleted at the same time. A dry run changes nothing.
         */
        static Names promotions(Collection<PromotionRequest> promotions) {
            Set<String> exclusive = new HashSet<>();
            Set<String> shared = new HashSet<>();
            for (PromotionRequest promotion : promotions) {
                if (!promotion.options().dryRun()) {
                    promotion.targets().forEach(target -> exclusive.add(target.toString()));
                    shared.add(promotion.toImage().toString());
                    shared.add(promotion.source().name().toString());
                }
            }
            return new Names(exclusive, shared);
        }
    }

    /** A lock that is held or waited for. */
    final class Lock {
        private final Names names;
        private final Runnable work;
        private boolean held;

        private Lock(Names names, Runnable work) {
            this.names = names;
            this.work = work;
        }

        /** Releases the lock; one that is not held yet is cancelled. */
        void release() {
            synchronized (locks) {
                if (locks.remove(this)) {
                    giveOut();
                }
            }
        }

        boolean isHeld() {
            synchronized (locks) {
                return held;
            }
        }
    }

    /**
     * Requests a lock without blocking a thread.
     *
     * @param work runs once in the background, as soon as the lock is held
     */
    Lock request(Names names, Runnable work) {
        Lock lock = new Lock(names, work);
        synchronized (locks) {
            locks.add(lock);
            giveOut();
        }
        return lock;
    }

    /** Number of locks that are held or waited for. */
    int count() {
        synchronized (locks) {
            return locks.size();
        }
    }

    private void giveOut() {
        Set<String> exclusive = new HashSet<>();
        Set<String> any = new HashSet<>();
        for (Lock lock : locks) {
            boolean free = lock.names.exclusive.stream().noneMatch(any::contains)
                    && lock.names.shared.stream().noneMatch(exclusive::contains);
            if (free && !lock.held) {
                lock.held = true;
                threads.execute(lock.work);
            }
            exclusive.addAll(lock.names.exclusive);
            any.addAll(lock.names.exclusive);
            any.addAll(lock.names.shared);
        }
    }
}
