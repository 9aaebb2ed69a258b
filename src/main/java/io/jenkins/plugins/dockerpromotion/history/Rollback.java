package io.jenkins.plugins.dockerpromotion.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Failure;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.ModelObject;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.SimpleParameterDefinition;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/**
 * The page that shows what a roll-back of a tag would do. It does not change tags itself: it shows the Pipeline step,
 * and can start the job that the administrator configured.
 */
public final class Rollback implements ModelObject {

    private final Placement last;
    private final List<Placement> history;

    private Rollback(Placement last, List<Placement> history) {
        this.last = last;
        this.history = history;
    }

    /**
     * Creates the page for the image and tag in the URL; not found if the user may not see a promotion that moved the
     * tag.
     */
    static Rollback of(StaplerRequest2 request) {
        try {
            ImageName image = ImageName.parse(Util.fixNull(request.getParameter("image")));
            Tag tag = new Tag(Util.fixNull(request.getParameter("tag")));
            Optional<Placement> last = PromotionHistory.lastPromotion(image, tag);
            if (last.isPresent()) {
                return new Rollback(last.get(), PromotionHistory.of(image, tag));
            }
        } catch (IllegalArgumentException e) {
            // Possible only if someone edited the URL.
        }
        throw HttpResponses.notFound();
    }

    @Override
    public String getDisplayName() {
        return Messages.Rollback_title(last.image() + ":" + last.tag());
    }

    /** The promotion to revert. */
    public Placement getLast() {
        return last;
    }

    public Date getDate() {
        return new Date(last.since());
    }

    /** How long ago it was, in words. */
    public String getAge() {
        return Util.getTimeSpanString(Math.max(0, System.currentTimeMillis() - last.since()));
    }

    /** The tag's current digest according to the history. */
    public String getFrom() {
        return last.digest();
    }

    /** Whether there is an earlier image that the tag does not already point to. */
    public boolean isPossible() {
        return !last.previousDigest().isEmpty() && !history.get(0).isRollback();
    }

    public String getTo() {
        return last.previousDigest();
    }

    /** The version of the earlier image; empty if it was not promoted here. */
    public String getToVersion() {
        return PromotionHistory.versionOf(last.image(), getTo()).orElse("");
    }

    /** The step for a Pipeline. Names and digests contain no characters that need escaping in Groovy. */
    public String getSnippet() {
        return "rollbackImage(image: '" + last.image() + "', tag: '" + last.tag() + "', to: '" + getTo()
                + "', reason: '')";
    }

    /** For Jelly: the job that rolls back, {@code null} if there is none that the user may build. */
    @CheckForNull
    public Job<?, ?> getJob() {
        String name = DockerPromotionConfiguration.get().getRollbackJob();
        Job<?, ?> job = name == null ? null : Jenkins.get().getItemByFullName(name, Job.class);
        return job != null && job.hasPermission(Item.BUILD) ? job : null;
    }

    /** Whether the job takes a reason. */
    public boolean isReasonTaken() {
        Job<?, ?> job = getJob();
        return job != null && parameterOf(job, "REASON").isPresent();
    }

    /**
     * Starts the job.
     *
     * @param to the digest shown on the page
     * @param reason why; for a job that takes it
     */
    @RequirePOST
    public HttpResponse doStart(@QueryParameter String to, @QueryParameter String reason) {
        Job<?, ?> job = getJob();
        if (job == null) {
            throw HttpResponses.forbidden();
        }
        if (!isPossible() || !getTo().equals(to)) {
            throw new Failure(Messages.Rollback_changed(last.image() + ":" + last.tag()));
        }
        List<ParameterValue> values = new ArrayList<>();
        Map.of("IMAGE", last.image(), "TAG", last.tag(), "TO", to)
                .forEach((name, value) -> values.add(parameterOf(job, name)
                        .orElseThrow(() -> new Failure(Messages.Rollback_noParameter(job.getFullDisplayName(), name)))
                        .createValue(value)));
        parameterOf(job, "REASON")
                .map(asked -> asked.createValue(Util.fixNull(reason)))
                .ifPresent(values::add);
        if (ParameterizedJobMixIn.scheduleBuild2(
                        job, 0, new CauseAction(new Cause.UserIdCause()), new ParametersAction(values))
                == null) {
            throw new Failure(Messages.Rollback_notStarted(job.getFullDisplayName()));
        }
        return HttpResponses.redirectViaContextPath(job.getUrl());
    }

    private static Optional<SimpleParameterDefinition> parameterOf(Job<?, ?> job, String name) {
        ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
        return property != null && property.getParameterDefinition(name) instanceof SimpleParameterDefinition simple
                ? Optional.of(simple)
                : Optional.empty();
    }
}
