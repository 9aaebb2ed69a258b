package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.agent.ChangePageOperation;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Says something on a repository's page on Docker Hub, such as what stands in production. */
public final class DockerHubDescriptionStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_SECTION = "jenkins";

    private final String image;
    private final String credentialsId;
    private String description;
    private String fullDescription;
    private String section = DEFAULT_SECTION;
    private boolean wholePage;

    @DataBoundConstructor
    public DockerHubDescriptionStep(String image, String credentialsId) {
        this.image = Util.fixEmptyAndTrim(image);
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getImage() {
        return image;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public String getDescription() {
        return description;
    }

    @DataBoundSetter
    public void setDescription(String description) {
        this.description = Util.fixEmptyAndTrim(description);
    }

    public String getFullDescription() {
        return fullDescription;
    }

    /** Not trimmed: spaces at the beginning of a line mean something in Markdown. */
    @DataBoundSetter
    public void setFullDescription(String fullDescription) {
        this.fullDescription = Util.fixEmpty(fullDescription);
    }

    public String getSection() {
        return section;
    }

    @DataBoundSetter
    public void setSection(String section) {
        String given = Util.fixEmptyAndTrim(section);
        this.section = given == null ? DEFAULT_SECTION : given;
    }

    public boolean isWholePage() {
        return wholePage;
    }

    @DataBoundSetter
    public void setWholePage(boolean wholePage) {
        this.wholePage = wholePage;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context);
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private PageChange change() {
        if (wholePage && !section.equals(DEFAULT_SECTION)) {
            throw new IllegalArgumentException("give either 'section' or 'wholePage'");
        }
        return new PageChange(Util.fixNull(description), Util.fixNull(fullDescription), wholePage ? "" : section);
    }

    private static ImageName dockerHubImage(String image) {
        ImageName name = ImageName.parse(image);
        if (!name.isDockerHub()) {
            throw new IllegalArgumentException("it is on " + name.host() + ", and only Docker Hub has such pages");
        }
        return name;
    }

    private static final class Execution extends AgentStepExecution<Boolean> {
        private static final long serialVersionUID = 1L;

        private final DockerHubDescriptionStep step;

        Execution(DockerHubDescriptionStep step, StepContext context) {
            super(context);
            this.step = step;
        }

        @Override
        String phrase() {
            return "change the page of " + StepFailure.image(step.image);
        }

        @Override
        Operation<Boolean> operation(Run<?, ?> run, TaskListener listener) throws AbortException {
            ImageName name = dockerHubImage(step.image);
            PageChange change = step.change();
            listener.getLogger().println("Changing " + what(change) + " of " + name + " on Docker Hub");
            return new ChangePageOperation(
                    name, change, StepCredentials.findUsernamePassword(run, listener, step.credentialsId, name.host()));
        }

        private static String what(PageChange change) {
            String page =
                    change.section().isEmpty() ? "the page" : "the section '" + change.section() + "' on the page";
            if (change.text().isEmpty()) {
                return "the description";
            }
            return change.description().isEmpty() ? page : "the description and " + page;
        }

        @Override
        Object conclude(Boolean changed, Run<?, ?> run, TaskListener listener) {
            String page = PageLink.toDescription(dockerHubImage(step.image), step.image);
            listener.getLogger()
                    .println(changed ? "Changed the page of " + page : "The page of " + page + " says so already");
            return changed;
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        @Override
        public String getFunctionName() {
            return "dockerHubDescription";
        }

        @Override
        public String getDisplayName() {
            return Messages.DockerHubDescriptionStep_displayName();
        }

        @Override
        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkImage(value, DockerHubDescriptionStep::dockerHubImage);
        }

        @Override
        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String credentialsId, @QueryParameter String image) {
            return CredentialsForm.usernamePasswordItems(item, credentialsId, ImageName.DOCKER_HUB);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckCredentialsId(
                @AncestorInPath Item item, @QueryParameter String value, @QueryParameter String image) {
            return StepCredentials.checkUsernamePassword(item, value, ImageName.DOCKER_HUB);
        }

        @RequirePOST
        public FormValidation doCheckDescription(@QueryParameter String value) {
            return ImageForm.ifGiven(value, v -> new PageChange(v, "", ""));
        }

        @RequirePOST
        public FormValidation doCheckFullDescription(@QueryParameter String value, @QueryParameter boolean wholePage) {
            return ImageForm.ifGiven(value, v -> new PageChange("", v, wholePage ? "" : DEFAULT_SECTION));
        }

        @RequirePOST
        public FormValidation doCheckSection(@QueryParameter String value) {
            return ImageForm.ifGiven(value, v -> new PageChange("", "text", v));
        }
    }
}
