package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Job;
import java.util.Comparator;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A promotion, and the build it belongs to. */
@ExportedBean(defaultVisibility = 2)
public final class HistoryEntry {

    static final Comparator<HistoryEntry> NEWEST_FIRST = Comparator.comparingLong(
                    (HistoryEntry entry) -> entry.promotion.getTimestamp())
            .thenComparingInt(HistoryEntry::getBuild)
            .reversed();

    private final Job<?, ?> job;
    private final int build;
    private final Promotion promotion;

    HistoryEntry(Job<?, ?> job, int build, Promotion promotion) {
        this.job = job;
        this.build = build;
        this.promotion = promotion;
    }

    public Job<?, ?> getJob() {
        return job;
    }

    @Exported(name = "job")
    public String getJobName() {
        return job.getFullName();
    }

    @Exported
    public int getBuild() {
        return build;
    }

    /** Behind Jenkins' own address. */
    public String getBuildUrl() {
        return job.getUrl() + build + "/";
    }

    /** As the REST API gives addresses: whole, where Jenkins knows its own. */
    @Exported
    public String getUrl() {
        String root = Jenkins.get().getRootUrl();
        return (root == null ? "" : root) + getBuildUrl();
    }

    @Exported(inline = true)
    public Promotion getPromotion() {
        return promotion;
    }
}
