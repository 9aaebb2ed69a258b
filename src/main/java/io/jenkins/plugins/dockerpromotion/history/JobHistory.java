package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Item;
import hudson.model.Job;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.StaplerProxy;

/** The page of a job with its promotions. */
public final class JobHistory extends HistoryPage implements Action, StaplerProxy {

    /** The URL segment. */
    public static final String URL_NAME = "docker-promotions";

    static final String ICON = "symbol-ribbon";

    private final Job<?, ?> job;

    JobHistory(Job<?, ?> job) {
        this.job = job;
    }

    public Job<?, ?> getJob() {
        return job;
    }

    @Override
    List<HistoryEntry> entries() {
        return PromotionStore.entries(job);
    }

    @Override
    public boolean isOverJobs() {
        return false;
    }

    @Override
    public String getTitle() {
        return Messages.History_titleOf(job.getFullDisplayName());
    }

    @Override
    public Object getTarget() {
        job.checkPermission(Item.READ);
        return this;
    }

    @Override
    public String getIconFileName() {
        return job.hasPermission(Item.READ) ? ICON : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.History_title();
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    /** Gives the page to jobs with promotions. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Job> {
        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<JobHistory> actionType() {
            return JobHistory.class;
        }

        @Override
        @NonNull
        public Collection<? extends Action> createFor(@NonNull Job job) {
            return PromotionStore.isEmpty(job) ? Set.of() : Set.of(new JobHistory(job));
        }
    }
}
