package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import io.jenkins.plugins.dockerpromotion.registry.RegistryPage;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Updates a section of a repository's page on Docker Hub. */
public final class DockerHubDescriptionStep extends ImageStep<Boolean> {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_SECTION = "jenkins";

    private String description;
    private String fullDescription;
    private String section = DEFAULT_SECTION;
    private boolean wholePage;

    @DataBoundConstructor
    public DockerHubDescriptionStep(String image) {
        super(image);
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

    /** Not trimmed, because leading spaces are significant in Markdown. */
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

    private static ImageName dockerHubImage(String image) {
        ImageName name = ImageName.parse(image);
        if (!name.isDockerHub()) {
            throw new IllegalArgumentException("it is on " + name.host() + ", but only Docker Hub has such pages");
        }
        return name;
    }

    @Override
    String phrase() {
        return "change the page of " + shown();
    }

    @Override
    Operation<Boolean> operation(StepRun run) throws AbortException {
        ImageName name = dockerHubImage(getImage());
        if (wholePage && !section.equals(DEFAULT_SECTION)) {
            throw new IllegalArgumentException("set either 'section' or 'wholePage'");
        }
        PageChange change =
                new PageChange(Util.fixNull(description), Util.fixNull(fullDescription), wholePage ? "" : section);
        run.say("Changing " + what(change) + " of " + name + " on Docker Hub");
        return new Request(name, change, run.passwordLogin(getCredentialsId(), name.host()));
    }

    private static String what(PageChange change) {
        String page = change.section().isEmpty() ? "the page" : "the section '" + change.section() + "' on the page";
        if (change.text().isEmpty()) {
            return "the description";
        }
        return change.description().isEmpty() ? page : "the description and " + page;
    }

    private record Request(ImageName image, PageChange change, Basic login) implements Operation<Boolean> {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean run(RegistryContext context) throws RegistryException, InterruptedException {
            return DockerHub.open(login, context).changePage(image, change);
        }
    }

    @Override
    Object result(Boolean changed, StepRun run) {
        String page = run.link(RegistryPage.ofDescription(name()), getImage());
        run.say(changed ? "Changed the page of " + page : "The page of " + page + " is already up to date");
        return changed;
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends RegistryStepDescriptor {

        @Override
        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.given(value, Messages.ImageForm_imageRequired(), DockerHubDescriptionStep::dockerHubImage);
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
            return ImageForm.checkUsernamePassword(item, value, ImageName.DOCKER_HUB);
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
