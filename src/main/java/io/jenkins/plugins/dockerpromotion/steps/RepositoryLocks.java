package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Keeps steps of this controller from changing the same tags at the same time. A registry cannot write a tag only if it is
 * still what it was, so of two builds that look and then write, both would find the tag free.
 *
 * <p>Locks are given in the order in which they are asked for: nobody overtakes somebody who waits for the same name, so a
 * step that needs several names gets them in the end. They are kept in memory; resumed steps ask for theirs again.
 */
@Extension
public final class RepositoryLocks {

    /** Held and waiting ones, the oldest first. */
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
     * What a lock is on. Two locks exclude each other if they have a name in common and it is exclusive in one of them.
     *
     * @param exclusive names that nobody else may use meanwhile
     * @param shared names that others may share
     */
    record Names(Set<String> exclusive, Set<String> shared) {

        static final Names NONE = new Names(Set.of(), Set.of());

        /** All tags of a repository: what deletes by digest may hit any of them. */
        static Names repository(ImageName image) {
            return new Names(Set.of(image.toString()), Set.of());
        }

        /** Some tags of repositories, and whatever else has to stay in the repositories meanwhile. */
        static Names tags(Collection<ImageReference> tags, Collection<ImageName> repositories) {
            Set<String> exclusive = new HashSet<>();
            Set<String> shared = new HashSet<>();
            tags.forEach(tag -> {
                exclusive.add(tag.toString());
                shared.add(tag.name().toString());
            });
            repositories.forEach(repository -> shared.add(repository.toString()));
            return new Names(exclusive, shared);
        }
    }

    /** Somebody's lock, held or waited for. */
    final class Lock {
        private final Names names;
        private final Runnable work;
        private boolean held;

        private Lock(Names names, Runnable work) {
            this.names = names;
            this.work = work;
        }

        /** Gives it to others; if it was not held yet, it never will be. */
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
     * Asks for a lock. No thread waits for it.
     *
     * @param work is run once in the background, as soon as the lock is held
     */
    Lock request(Names names, Runnable work) {
        Lock lock = new Lock(names, work);
        synchronized (locks) {
            locks.add(lock);
            giveOut();
        }
        return lock;
    }

    /** How many are held or waited for. */
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
