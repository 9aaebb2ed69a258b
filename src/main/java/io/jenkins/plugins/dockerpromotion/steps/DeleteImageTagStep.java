package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import java.util.Optional;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Deletes one tag of an image, and nothing else. */
public final class DeleteImageTagStep extends TagStep<TagRemoval.Removed> {

    private static final long serialVersionUID = 1L;

    private String expectedDigest;

    @DataBoundConstructor
    public DeleteImageTagStep(String image, String tag) {
        super(image, tag);
    }

    public String getExpectedDigest() {
        return expectedDigest;
    }

    @DataBoundSetter
    public void setExpectedDigest(String expectedDigest) {
        this.expectedDigest = Util.fixEmptyAndTrim(expectedDigest);
    }

    @Override
    String phrase() {
        return "delete the tag " + shown();
    }

    @Override
    RepositoryLocks.Names locks() {
        return RepositoryLocks.Names.repository(name());
    }

    @Override
    Operation<TagRemoval.Removed> operation(StepRun run) throws AbortException {
        TagRemoval removal =
                new TagRemoval(tagged(), Optional.ofNullable(expectedDigest).map(Digest::parse));
        run.say("Deleting " + removal);
        return removal.with(login(run));
    }

    @Override
    Object result(TagRemoval.Removed removed, StepRun run) {
        String tagged = getImage() + ":" + getTag();
        run.say(
                removed.before()
                        ? tagged + " no longer exists: it was deleted in the meantime"
                        : "Deleted " + tagged + ", which was " + removed.digest());
        return removed.digest();
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends TagStepDescriptor {}
}
