package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.BuildBadgeAction;
import hudson.model.Run;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What one build promoted: kept with the build, shown on its page and as a badge in lists of builds. */
@ExportedBean
public final class BuildPromotions implements RunAction2, BuildBadgeAction {

    /** The element in {@code build.xml}, whatever becomes of the class's name. */
    static final String ELEMENT = "docker-promotions";

    /** Never changed in place: it may just be written, or read, by somebody else. */
    private volatile List<Promotion> promotions = new ArrayList<>();

    private transient Run<?, ?> run;

    private BuildPromotions(Run<?, ?> run) {
        this.run = run;
    }

    /** Names what is written to {@code build.xml}. */
    @Initializer(before = InitMilestone.PLUGINS_STARTED)
    public static void nameElements() {
        Run.XSTREAM2.alias(ELEMENT, BuildPromotions.class);
        Run.XSTREAM2.alias("docker-promotion", Promotion.class);
        Run.XSTREAM2.alias("docker-promotion-target", PromotedTag.class);
    }

    private Object readResolve() {
        promotions = new ArrayList<>(Util.fixNull(promotions));
        // What names no image, or no tag of it, cannot be shown.
        promotions.removeIf(p -> p == null || p.getTargets().isEmpty() || !Promotion.isImage(p.getImage()));
        return this;
    }

    /** Adds a promotion to a build and writes both the build and the job's index. */
    static void add(Run<?, ?> run, Promotion promotion) throws IOException {
        BuildPromotions action;
        synchronized (BuildPromotions.class) {
            action = run.getAction(BuildPromotions.class);
            if (action == null) {
                action = new BuildPromotions(run);
                run.addAction(action);
            }
        }
        action.add(promotion);
    }

    /** Branches of a Pipeline promote at the same time. */
    private synchronized void add(Promotion promotion) throws IOException {
        List<Promotion> more = new ArrayList<>(promotions);
        // A step that a restart cut off is done again, and finds its work done: what it did the first time counts.
        Optional<Promotion> before =
                more.stream().filter(p -> p.id().equals(promotion.id())).findFirst();
        if (before.isEmpty()) {
            more.add(promotion);
        } else if (!before.get().changesAnything()) {
            more.set(more.indexOf(before.get()), promotion);
        }
        promotions = more;
        run.save();
        JobIndex.of(run.getParent()).put(run.getNumber(), more);
    }

    @Override
    public void onAttached(Run<?, ?> build) {
        run = build;
    }

    /** Whatever befell the index, a build that is looked at finds its way back into it. */
    @Override
    public void onLoad(Run<?, ?> build) {
        run = build;
        if (!promotions.isEmpty()) {
            JobIndex.of(build.getParent()).seen(build.getNumber(), promotions);
        }
    }

    public Run<?, ?> getRun() {
        return run;
    }

    @Exported(visibility = 2)
    public List<Promotion> getPromotions() {
        return Collections.unmodifiableList(promotions);
    }

    /** The badge's text: what was promoted to where. */
    public String getTooltip() {
        return getPromotions().stream().map(BuildPromotions::line).collect(Collectors.joining("\n"));
    }

    private static String line(Promotion promotion) {
        String tags = promotion.getTargets().stream().map(PromotedTag::getTag).collect(Collectors.joining(", "));
        String what = promotion.getSource() + " → " + tags;
        Outcome outcome = promotion.getOutcome();
        return outcome == Outcome.PROMOTED ? what : Messages.Outcome_label(what, outcome.getLabel());
    }

    /** The address of the job's history. */
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
}
