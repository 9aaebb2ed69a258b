package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Lists the tags of an image, newest version first. */
public final class ImageTagsStep extends PatternStep<TagQuery.Found> {

    private static final long serialVersionUID = 1L;

    private Integer limit;

    @DataBoundConstructor
    public ImageTagsStep(String image) {
        super(image);
    }

    public Integer getLimit() {
        return limit;
    }

    @DataBoundSetter
    public void setLimit(Integer limit) {
        this.limit = limit;
    }

    @Override
    String phrase() {
        return "list the tags of " + shown();
    }

    @Override
    Operation<TagQuery.Found> operation(StepRun run) throws AbortException {
        TagQuery query = new TagQuery(name(), tags(), limit == null ? Integer.MAX_VALUE : limit);
        run.say("Listing " + query);
        return query.with(login(run));
    }

    @Override
    Object result(TagQuery.Found found, StepRun run) {
        int listed = found.tags().size();
        run.say("Listed " + (listed < found.matching() ? listed + " of " : "") + found.matching() + " tags of "
                + run.link(name(), getImage())
                + (found.matching() < found.checked() ? " among " + found.checked() : ""));
        return found.tags().stream().map(Tag::value).collect(Collectors.toCollection(ArrayList::new));
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends PatternStepDescriptor {

        @RequirePOST
        public FormValidation doCheckLimit(@QueryParameter String value) {
            return ImageForm.checkOptionalCount(value);
        }
    }
}
