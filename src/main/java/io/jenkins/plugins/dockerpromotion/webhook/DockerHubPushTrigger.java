package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.model.Items;
import hudson.model.Job;
import hudson.triggers.Trigger;
import hudson.triggers.TriggerDescriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.notification.TagFilter;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.ObjectStreamException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.model.ParameterizedJobMixIn.ParameterizedJob;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Starts a build when a tag of an image is pushed to its registry. */
public final class DockerHubPushTrigger extends Trigger<Job<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(DockerHubPushTrigger.class.getName());

    private String image;
    private List<String> images = new ArrayList<>();
    private String tag;
    private List<String> ignorePushers = new ArrayList<>();
    private boolean callback;

    @DataBoundConstructor
    public DockerHubPushTrigger() {
        // Either 'image' or 'images' is required; everything else is optional.
    }

    /** Handwritten XML may omit empty lists. */
    @Override
    protected Object readResolve() throws ObjectStreamException {
        images = new ArrayList<>(Util.fixNull(images));
        ignorePushers = new ArrayList<>(Util.fixNull(ignorePushers));
        return super.readResolve();
    }

    public String getImage() {
        return image;
    }

    /** @throws IllegalArgumentException in one line, if it is not an image name */
    @DataBoundSetter
    public void setImage(String image) {
        this.image = Util.fixEmptyAndTrim(image);
        if (this.image != null) {
            ImageName.parse(this.image);
        }
    }

    public List<String> getImages() {
        return List.copyOf(images);
    }

    /** @throws IllegalArgumentException in one line, if one is not an image name */
    @DataBoundSetter
    public void setImages(List<String> images) {
        this.images = new ArrayList<>(Util.fixNull(images));
        this.images.forEach(ImageName::parse);
    }

    public String getTag() {
        return tag;
    }

    /** @throws IllegalArgumentException in one line, if it is neither a tag nor a pattern */
    @DataBoundSetter
    public void setTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
        TagFilter.of(Util.fixNull(this.tag));
    }

    public List<String> getIgnorePushers() {
        return List.copyOf(ignorePushers);
    }

    @DataBoundSetter
    public void setIgnorePushers(List<String> ignorePushers) {
        this.ignorePushers = new ArrayList<>(Util.fixNull(ignorePushers));
    }

    public boolean isCallback() {
        return callback;
    }

    @DataBoundSetter
    public void setCallback(boolean callback) {
        this.callback = callback;
    }

    /** Why a push of the image does not start a build; empty if it does. */
    Optional<String> objection(PushEvent push) {
        if (!filter().matches(push.tag())) {
            return Optional.of("waits for other tags");
        }
        return ignorePushers.contains(push.pusher()) ? Optional.of("ignores this pusher") : Optional.empty();
    }

    private TagFilter filter() {
        return TagFilter.of(Util.fixNull(tag));
    }

    /** The triggers that wait for {@code image}, with their jobs, in the order of the jobs' names. */
    static Map<Job<?, ?>, DockerHubPushTrigger> waitingFor(ImageName image) {
        Map<Job<?, ?>, DockerHubPushTrigger> waiting = new TreeMap<>(Comparator.comparing(Job::getFullName));
        for (ParameterizedJob<?, ?> job : Jenkins.get().allItems(ParameterizedJob.class)) {
            for (Trigger<?> trigger : job.getTriggers().values()) {
                if (trigger instanceof DockerHubPushTrigger push && push.waitsFor(image, job)) {
                    waiting.put((Job<?, ?>) job, push);
                }
            }
        }
        return waiting;
    }

    private boolean waitsFor(ImageName pushed, ParameterizedJob<?, ?> owner) {
        try {
            filter();
            return Stream.concat(Stream.ofNullable(image), images.stream())
                    .map(ImageName::parse)
                    .toList()
                    .contains(pushed);
        } catch (IllegalArgumentException e) {
            // Possible only if someone edited the file.
            LOGGER.log(Level.WARNING, e, () -> "The trigger of " + owner.getFullName() + " is not active");
            return false;
        }
    }

    /** The name in a job's {@code config.xml}, independent of the class name. */
    @Initializer(before = InitMilestone.PLUGINS_STARTED)
    public static void nameElement() {
        Items.XSTREAM2.alias("docker-hub-push-trigger", DockerHubPushTrigger.class);
    }

    /** Form of the trigger. */
    @Extension
    @Symbol("dockerHubPush")
    public static final class DescriptorImpl extends TriggerDescriptor {

        @Override
        public boolean isApplicable(Item item) {
            return item instanceof Job && item instanceof ParameterizedJob;
        }

        @Override
        public String getDisplayName() {
            return Messages.DockerHubPushTrigger_displayName();
        }

        /** The form has one text field for a list. */
        @Override
        public Trigger<?> newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
            FormFields.split(form, "images", FormFields::words);
            FormFields.split(form, "ignorePushers", FormFields::words);
            return super.newInstance(request, form);
        }

        /** The text that the form shows for a list. */
        public String line(Collection<String> items) {
            return FormFields.ofWords(items == null ? List.of() : items);
        }

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value, @QueryParameter String images) {
            return FormFields.words(value).isEmpty() && FormFields.words(images).isEmpty()
                    ? FormValidation.error(Messages.DockerHubPushTrigger_imageRequired())
                    : doCheckImages(value);
        }

        @RequirePOST
        public FormValidation doCheckImages(@QueryParameter String value) {
            return FormFields.parsed(value, text -> FormFields.words(text).forEach(ImageName::parse));
        }

        @RequirePOST
        public FormValidation doCheckTag(@QueryParameter String value) {
            return FormFields.parsed(Util.fixNull(value).trim(), TagFilter::of);
        }
    }
}
