package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the builds of a job promoted, without loading them: a file in the job's own directory, which moves and goes with
 * the job, and what was read of it last. The builds have the truth; where the file is missing, damaged or behind, it is
 * made anew from them.
 *
 * <p>Builds are never loaded under the lock: one that is being loaded wants it too, see {@link #seen}.
 */
final class JobIndex {

    private static final Logger LOGGER = Logger.getLogger(JobIndex.class.getName());
    private static final String FILE = "docker-promotions.jsonl";

    /** By identity of the job, so that a job of the same name that comes later has nothing of an earlier one. */
    private static final Map<Job<?, ?>, State> STATES = new WeakHashMap<>();

    private final Job<?, ?> job;
    private final State state;

    /** What outlives the handle; holds no job, or it would never be forgotten. */
    private static final class State {
        private SoftReference<NavigableMap<Integer, List<Promotion>>> known = new SoftReference<>(null);
        private boolean behind;
        private final Object rebuilding = new Object();
    }

    private JobIndex(Job<?, ?> job, State state) {
        this.job = job;
        this.state = state;
    }

    static JobIndex of(Job<?, ?> job) {
        synchronized (STATES) {
            return new JobIndex(job, STATES.computeIfAbsent(job, j -> new State()));
        }
    }

    /** Whether there is nothing to show. Quick: asked whenever a page of the job is. */
    boolean isEmpty() {
        synchronized (state) {
            return known().isEmpty() && !state.behind;
        }
    }

    /** All promotions, the newest first. */
    List<HistoryEntry> entries() {
        catchUp();
        synchronized (state) {
            return known().entrySet().stream()
                    .flatMap(build -> build.getValue().stream().map(p -> new HistoryEntry(job, build.getKey(), p)))
                    .sorted(HistoryEntry.NEWEST_FIRST)
                    .toList();
        }
    }

    /** Takes in what a build promoted, all of it. */
    void put(int build, List<Promotion> promotions) {
        synchronized (state) {
            // Of a file that is made now, only the builds know whether it has all.
            state.behind |= !file().exists() && build > 1;
            write(build, promotions);
        }
    }

    /** A build was loaded: it should be known. */
    void seen(int build, List<Promotion> promotions) {
        synchronized (state) {
            if (!file().exists()) {
                state.behind = true;
            } else if (known().getOrDefault(build, List.of()).size() < promotions.size()) {
                write(build, promotions);
            }
        }
    }

    /** Forgets a build that was deleted. */
    private void remove(int build) {
        synchronized (state) {
            if (known().containsKey(build)) {
                write(build, List.of());
            }
        }
    }

    private void write(int build, List<Promotion> promotions) {
        NavigableMap<Integer, List<Promotion>> builds = known();
        IndexFile.apply(builds, build, promotions);
        try {
            if (builds.isEmpty()) {
                file().write(builds);
            } else {
                file().append(build, promotions);
            }
        } catch (IOException e) {
            state.behind = true;
            LOGGER.log(Level.WARNING, e, () -> "Cannot write the index of promotions of " + job.getFullName());
        }
    }

    /** Under the lock. */
    private NavigableMap<Integer, List<Promotion>> known() {
        NavigableMap<Integer, List<Promotion>> known = state.known.get();
        if (known == null) {
            known = read();
            state.known = new SoftReference<>(known);
        }
        return known;
    }

    private NavigableMap<Integer, List<Promotion>> read() {
        if (!file().exists()) {
            return new TreeMap<>();
        }
        try {
            IndexFile.Content content = file().read();
            NavigableMap<Integer, List<Promotion>> builds = content.builds();
            // Builds may have gone while nobody looked: by hand, or just before Jenkins was killed.
            boolean gone = builds.keySet().retainAll(new PromotedBuilds(job).onDisk());
            state.behind |= content.damaged();
            if (!content.damaged() && (gone || content.wasteful())) {
                file().write(builds);
            }
            return builds;
        } catch (IOException e) {
            state.behind = true;
            LOGGER.log(Level.WARNING, e, () -> "Cannot read the index of promotions of " + job.getFullName());
            return new TreeMap<>();
        }
    }

    /** Makes the file anew from the builds, if it is known to be behind. */
    private void catchUp() {
        synchronized (state.rebuilding) {
            synchronized (state) {
                if (!state.behind) {
                    return;
                }
            }
            replace(new PromotedBuilds(job).load());
        }
    }

    private void replace(Map<Integer, BuildPromotions> found) {
        synchronized (state) {
            NavigableMap<Integer, List<Promotion>> builds = known();
            // What they hold in this moment; what they get from now on waits for this lock.
            found.forEach((build, action) -> IndexFile.apply(builds, build, action.getPromotions()));
            builds.keySet().retainAll(new PromotedBuilds(job).onDisk());
            try {
                file().write(builds);
                state.behind = false;
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, e, () -> "Cannot write the index of promotions of " + job.getFullName());
            }
        }
    }

    private IndexFile file() {
        return new IndexFile(job.getRootDir().toPath().resolve(FILE));
    }

    /** Deleted builds take their promotions with them. */
    @Extension
    public static final class Deletions extends RunListener<Run<?, ?>> {
        @Override
        public void onDeleted(@NonNull Run<?, ?> run) {
            JobIndex.of(run.getParent()).remove(run.getNumber());
        }
    }
}
