package io.jenkins.plugins.dockerpromotion.parameter;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Action;
import hudson.model.Failure;
import hudson.model.Item;
import hudson.model.Items;
import hudson.model.Job;
import hudson.model.ParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.SimpleParameterDefinition;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.Stapler;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Lets users choose a tag of an image when they start a build. */
public final class ImageTagParameterDefinition extends SimpleParameterDefinition {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ImageTagParameterDefinition.class.getName());

    static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;

    private final String image;
    private String pattern;
    private String credentialsId;
    private int limit = DEFAULT_LIMIT;
    private List<String> marks = new ArrayList<>(List.of("latest"));

    /** @throws IllegalArgumentException in one line, if {@code image} is not an image name */
    @DataBoundConstructor
    public ImageTagParameterDefinition(String name, String image) {
        super(name);
        this.image = Util.fixNull(image).trim();
        ImageName.parse(this.image);
    }

    public String getImage() {
        return image;
    }

    ImageName imageName() {
        return ImageName.parse(image);
    }

    public String getPattern() {
        return pattern;
    }

    /** @throws IllegalArgumentException in one line, if it is not a pattern */
    @DataBoundSetter
    public void setPattern(String pattern) {
        this.pattern = Util.fixEmptyAndTrim(pattern);
        tagPattern();
    }

    Optional<TagPattern> tagPattern() {
        return Optional.ofNullable(pattern).map(TagPattern::of);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public int getLimit() {
        return limit;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setLimit(int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit must be a number from 1 to " + MAX_LIMIT);
        }
        this.limit = limit;
    }

    public List<String> getMarks() {
        return List.copyOf(marks);
    }

    /** @throws IllegalArgumentException in one line, if one is not a tag */
    @DataBoundSetter
    public void setMarks(List<String> marks) {
        this.marks = new ArrayList<>(Util.fixNull(marks));
        this.marks.forEach(Tag::new);
    }

    /** The job of the page that starts a build. */
    public Job<?, ?> jobOf(StaplerRequest2 request) {
        return request.findAncestorObject(Job.class);
    }

    /** The choices for the page that starts a build of the job. */
    public TagChoices choices(Job<?, ?> job) {
        return TagChoices.of(this, job);
    }

    /** No default: only the user who starts a build knows the version. */
    @Override
    @CheckForNull
    public ParameterValue getDefaultParameterValue() {
        return null;
    }

    @Override
    public ParameterValue createValue(StaplerRequest2 request, JSONObject form) {
        return createValue(form.optString("value"));
    }

    @Override
    public ParameterValue createValue(String value) {
        ImageTagParameterValue created = valueOf(value);
        created.setDescription(getDescription());
        return created;
    }

    /** @param text a tag, with its digest if the page knows it, as in {@code 2026.47.103@sha256:…} */
    private ImageTagParameterValue valueOf(String text) {
        String given = Util.fixNull(text).trim();
        int at = given.indexOf('@');
        String tag = at < 0 ? given : given.substring(0, at);
        Optional<String> objection = objection(tag);
        if (objection.isEmpty() && at >= 0) {
            try {
                Digest.parse(given.substring(at + 1));
            } catch (IllegalArgumentException e) {
                objection = Optional.of(Messages.ImageTagParameterDefinition_noDigest(getName()));
            }
        }
        if (objection.isPresent()) {
            throw Stapler.getCurrentRequest2() == null
                    ? new IllegalArgumentException(objection.get())
                    : new Failure(objection.get());
        }
        return new ImageTagParameterValue(getName(), tag, at < 0 ? null : given.substring(at + 1));
    }

    /** Why a tag cannot be chosen; empty if it can. */
    private Optional<String> objection(String tag) {
        if (!Tag.isValid(tag)) {
            return Optional.of(Messages.ImageTagParameterDefinition_noTag(getName(), image));
        }
        return tagPattern().filter(p -> p.match(tag).isEmpty()).isPresent()
                ? Optional.of(Messages.ImageTagParameterDefinition_otherTag(getName(), tag, pattern))
                : Optional.empty();
    }

    @Override
    public boolean isValid(ParameterValue value) {
        return value.getValue() instanceof String tag && objection(tag).isEmpty();
    }

    /** The names in {@code config.xml} and {@code build.xml}, independent of the class names. */
    @Initializer(before = InitMilestone.PLUGINS_STARTED)
    public static void nameElements() {
        Items.XSTREAM2.alias("docker-image-tag-parameter", ImageTagParameterDefinition.class);
        Run.XSTREAM2.alias("docker-image-tag", ImageTagParameterValue.class);
        Queue.XSTREAM.alias("docker-image-tag", ImageTagParameterValue.class);
    }

    /**
     * Refuses builds with an invalid value, however they are started: triggers and other plugins create values
     * themselves.
     */
    @Extension
    public static final class Check extends Queue.QueueDecisionHandler {
        @Override
        public boolean shouldSchedule(Queue.Task task, List<Action> actions) {
            if (!(task instanceof Job<?, ?> job)) {
                return true;
            }
            ParametersDefinitionProperty property = job.getProperty(ParametersDefinitionProperty.class);
            if (property == null) {
                return true;
            }
            for (ParametersAction action : Util.filter(actions, ParametersAction.class)) {
                for (ParameterValue value : action.getParameters()) {
                    ParameterDefinition definition = property.getParameterDefinition(value.getName());
                    if (definition instanceof ImageTagParameterDefinition && !definition.isValid(value)) {
                        LOGGER.warning(() -> "No build of " + job.getFullName() + " was started: the value of "
                                + value.getName() + " is not a valid choice");
                        return false;
                    }
                }
            }
            return true;
        }
    }

    /** Form of the parameter. */
    @Extension
    @Symbol("imageTag")
    public static final class DescriptorImpl extends ParameterDescriptor {

        @Override
        public String getDisplayName() {
            return Messages.ImageTagParameterDefinition_displayName();
        }

        /** The form has one text field for all marks. */
        @Override
        public ParameterDefinition newInstance(@CheckForNull StaplerRequest2 request, JSONObject form)
                throws FormException {
            FormFields.split(form, "marks", FormFields::words);
            return super.newInstance(request, form);
        }

        /** The text that the form shows for the marks. */
        public String marksLine(ImageTagParameterDefinition definition) {
            return FormFields.ofWords(definition == null ? List.of("latest") : definition.marks);
        }

        public int getDefaultLimit() {
            return DEFAULT_LIMIT;
        }

        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ImageTagParameterDefinition_imageRequired())
                    : FormFields.parsed(value.trim(), ImageName::parse);
        }

        @RequirePOST
        public FormValidation doCheckPattern(@QueryParameter String value) {
            String given = Util.fixEmptyAndTrim(value);
            return given == null ? FormValidation.ok() : FormFields.pattern(given, TagPattern::of);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String image) {
            return CredentialsForm.items(item, credentialsId, CredentialsForm.registryOf(image));
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String image) {
            return CredentialsForm.check(item, value, CredentialsForm.registryOf(image));
        }
    }

    /** The credentials to use: the given ones, or the registry's default credentials. */
    Optional<String> credentialsInForce() {
        return Optional.ofNullable(credentialsId)
                .or(() -> DockerPromotionConfiguration.get()
                        .credentialsIdFor(imageName().host()));
    }
}
