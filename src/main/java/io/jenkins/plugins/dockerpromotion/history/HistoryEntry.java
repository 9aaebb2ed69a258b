package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Job;
import java.util.Comparator;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A promotion with its build. */
@ExportedBean(defaultVisibility = 2)
public record HistoryEntry(
        Job<?, ?> job,
        @Exported int build,
        @Exported(inline = true) Promotion promotion) {

    static final Comparator<HistoryEntry> NEWEST_FIRST = Comparator.comparingLong(
                    (HistoryEntry entry) -> entry.promotion.timestamp())
            .thenComparingInt(HistoryEntry::build)
            .reversed();

    @Exported(name = "job")
    public String jobName() {
        return job.getFullName();
    }

    /** URL relative to Jenkins. */
    public String buildUrl() {
        return job.getUrl() + build + "/";
    }

    /** The URL for the REST API: absolute if Jenkins knows its own URL. */
    @Exported
    public String url() {
        String root = Jenkins.get().getRootUrl();
        return (root == null ? "" : root) + buildUrl();
    }
}
