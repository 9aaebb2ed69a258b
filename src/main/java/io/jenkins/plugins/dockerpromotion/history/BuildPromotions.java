package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.BuildBadgeAction;
import hudson.model.Run;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jenkins.model.TransientActionFactory;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The promotions of one build, shown on its page and as a badge in lists of builds. */
@ExportedBean
public final class BuildPromotions implements BuildBadgeAction {

    /** The anchor on the build's page. */
    static final String ANCHOR = "docker-promotions";

    private final Run<?, ?> run;

    private BuildPromotions(Run<?, ?> run) {
        this.run = run;
    }

    public Run<?, ?> getRun() {
        return run;
    }

    @Exported(visibility = 2)
    public List<Promotion> getPromotions() {
        return PromotionStore.of(run);
    }

    /** The same, grouped by train. */
    public List<HistoryView.Row> getRows() {
        return HistoryView.Row.of(getPromotions().stream()
                .map(promotion -> new HistoryEntry(run.getParent(), run.getNumber(), promotion))
                .toList());
    }

    /** The text of the badge: what was promoted, and where. */
    public String getTooltip() {
        return getPromotions().stream().map(BuildPromotions::line).collect(Collectors.joining("\n"));
    }

    private static String line(Promotion promotion) {
        String tags = promotion.targets().stream().map(Promotion.Target::tag).collect(Collectors.joining(", "));
        String what = promotion.shownSource() + " → " + tags;
        Promotion.Outcome outcome = promotion.outcome();
        return outcome == Promotion.Outcome.PROMOTED ? what : Messages.Outcome_label(what, outcome.getLabel());
    }

    /** The URL of the job's history. */
    public String getHistoryUrl() {
        return run.getParent().getUrl() + JobHistory.URL_NAME + "/";
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.History_title();
    }

    @Override
    public String getUrlName() {
        return null;
    }

    /** Gives the action to builds with promotions. */
    @Extension
    @SuppressWarnings("rawtypes")
    public static final class Factory extends TransientActionFactory<Run> {
        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<BuildPromotions> actionType() {
            return BuildPromotions.class;
        }

        @Override
        @NonNull
        public Collection<? extends Action> createFor(@NonNull Run run) {
            return PromotionStore.isEmpty(run.getParent())
                            || PromotionStore.of(run).isEmpty()
                    ? Set.of()
                    : Set.of(new BuildPromotions(run));
        }
    }
}
