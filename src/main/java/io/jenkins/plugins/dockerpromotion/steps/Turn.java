package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Computer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;

/**
 * The time in which one step of this controller has something for itself. A registry has no way to write a tag only if it
 * is still what it was: of two builds that look and then write, both would find the place free.
 */
final class Turn {

    private final Turns all = ExtensionList.lookupSingleton(Turns.class);
    private final Set<String> names;
    private final Runnable work;
    private boolean taken;
    private boolean ended;

    /** The turns of a running Jenkins: the next one knows nothing of them, and begins anew. */
    @Extension
    public static final class Turns {
        private final Set<String> taken = new HashSet<>();
        private final Queue<Turn> waiting = new ArrayDeque<>();

        /** What is someone's at the moment. */
        synchronized Set<String> taken() {
            return Set.copyOf(taken);
        }
    }

    /**
     * @param names of what nobody else may have meanwhile
     * @param work done once, when the turn has come
     */
    Turn(Collection<String> names, Runnable work) {
        this.names = Set.copyOf(names);
        this.work = work;
    }

    /**
     * Does the work if nobody has any of the names, and otherwise when others have ended their turns; holds no thread until
     * then.
     *
     * @return whether it need not wait
     */
    boolean begin() {
        boolean atOnce;
        synchronized (all) {
            atOnce = tryTake();
            if (!atOnce && !ended) {
                all.waiting.add(this);
            }
        }
        if (atOnce) {
            work.run();
        }
        return atOnce;
    }

    /** Lets others have what this turn had; if it has not come yet, it never will. */
    void end() {
        List<Turn> next = new ArrayList<>();
        synchronized (all) {
            ended = true;
            all.waiting.remove(this);
            if (taken) {
                taken = false;
                all.taken.removeAll(names);
                for (Iterator<Turn> others = all.waiting.iterator(); others.hasNext(); ) {
                    Turn other = others.next();
                    if (other.tryTake()) {
                        others.remove();
                        next.add(other);
                    }
                }
            }
        }
        next.forEach(turn -> Computer.threadPoolForRemoting.execute(turn.work));
    }

    /** All or none, so that two that want the same never wait for each other. */
    private boolean tryTake() {
        if (!ended && names.stream().noneMatch(all.taken::contains)) {
            all.taken.addAll(names);
            taken = true;
        }
        return taken;
    }
}
