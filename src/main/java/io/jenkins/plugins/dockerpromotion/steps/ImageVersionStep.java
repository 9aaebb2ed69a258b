package io.jenkins.plugins.dockerpromotion.steps;

import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.agent.SurveyVersionsOperation;
import io.jenkins.plugins.dockerpromotion.form.TextList;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.reservation.VersionClaim;
import io.jenkins.plugins.dockerpromotion.reservation.VersionReservations;
import io.jenkins.plugins.dockerpromotion.tags.VersionSurveyor;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Gives a build the version of its image: one that no build had before, and newer than all of them. */
public final class ImageVersionStep extends Step implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_ZONE = "UTC";
    private static final BigInteger EXAMPLE_BUILD = BigInteger.valueOf(103);
    private static final String EXAMPLE_COMMIT = "0123456789ab";

    private Long build;
    private String pattern;
    private String zone = DEFAULT_ZONE;
    private String image;
    private String credentialsId;
    private List<String> values = new ArrayList<>();
    private boolean bump;

    @DataBoundConstructor
    public ImageVersionStep() {
        // All parameters have a default.
    }

    public Long getBuild() {
        return build;
    }

    @DataBoundSetter
    public void setBuild(Long build) {
        this.build = build;
    }

    /** {@code null} for that of the configuration. */
    public String getPattern() {
        return pattern;
    }

    @DataBoundSetter
    public void setPattern(String pattern) {
        this.pattern = Util.fixEmptyAndTrim(pattern);
    }

    public String getZone() {
        return zone;
    }

    @DataBoundSetter
    public void setZone(String zone) {
        String given = Util.fixEmptyAndTrim(zone);
        this.zone = given == null ? DEFAULT_ZONE : given;
    }

    public String getImage() {
        return image;
    }

    @DataBoundSetter
    public void setImage(String image) {
        this.image = Util.fixEmptyAndTrim(image);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public List<String> getValues() {
        return List.copyOf(values);
    }

    @DataBoundSetter
    public void setValues(List<String> values) {
        this.values = new ArrayList<>(Util.fixNull(values));
    }

    public boolean isBump() {
        return bump;
    }

    @DataBoundSetter
    public void setBump(boolean bump) {
        this.bump = bump;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(this, context, ((DescriptorImpl) getDescriptor()).clock.instant());
    }

    /** @throws IllegalArgumentException in one line, if a parameter makes no sense */
    private VersionTemplate template(String patternInForce, Instant moment, String commit) {
        return VersionTemplate.of(
                patternInForce,
                moment,
                VersionTemplate.zone(zone),
                VersionValues.parse(values).orCommit(commit));
    }

    private static final class Execution extends AgentStepExecution<VersionSurvey> {
        private static final long serialVersionUID = 1L;

        private final ImageVersionStep step;
        /** Of the calendar; a restart of Jenkins in between does not change it. */
        private final Instant moment;
        /** Nor does a change of the configuration. */
        private final String pattern;

        Execution(ImageVersionStep step, StepContext context, Instant moment) {
            super(context);
            this.step = step;
            this.moment = moment;
            this.pattern = TagSelection.orDefault(step.pattern);
        }

        @Override
        String phrase() {
            return "give " + (step.build == null ? "this build" : "build " + step.build) + " a version"
                    + (step.image == null ? "" : " of " + step.image);
        }

        @Override
        Operation<VersionSurvey> operation(Run<?, ?> run, TaskListener listener)
                throws IOException, InterruptedException {
            VersionClaim claim = claim(run);
            VersionSurvey survey = claim.request().survey();
            Optional<String> before = VersionReservations.get().given(claim);
            if (before.isPresent()) {
                listener.getLogger().println("This build was given " + before.get() + " before");
            } else if (step.image == null) {
                listener.getLogger().println("Giving" + phrase().substring("give".length()) + " by " + pattern);
            }
            if (before.isPresent() || step.image == null) {
                return new SurveyVersionsOperation(VersionSurveyor.ofNothing(survey), RegistryAuthentication.ANONYMOUS);
            }
            ImageName name = ImageName.parse(step.image);
            listener.getLogger()
                    .println("Looking at the versions of " + PageLink.of(name, name.toString()) + " by " + pattern);
            return new SurveyVersionsOperation(
                    VersionSurveyor.of(name, survey),
                    StepCredentials.find(run, listener, step.credentialsId, name.host()));
        }

        @Override
        Object conclude(VersionSurvey found, Run<?, ?> run, TaskListener listener)
                throws IOException, InterruptedException {
            VersionClaim claim = claim(run);
            VersionSurvey survey = claim.request().survey().takeOver(found);
            VersionRequest.Decision decision = VersionReservations.get().reserve(claim, survey);
            decision.bumped()
                    .ifPresent(why -> listener.getLogger().println("Taking the next free number instead: " + why));
            listener.getLogger()
                    .println("The version is " + decision.version()
                            + (survey.looked() == 0 ? "" : "; looked at " + survey.looked() + " tags"));
            return decision.version();
        }

        private VersionClaim claim(Run<?, ?> run) throws IOException, InterruptedException {
            if (step.build != null && step.build < 0) {
                throw new IllegalArgumentException("'build' is " + step.build + ", which no build can be");
            }
            BigInteger number = BigInteger.valueOf(step.build == null ? run.getNumber() : step.build);
            String commit = Util.fixNull(getContext().get(EnvVars.class).get("GIT_COMMIT"));
            return VersionClaim.of(
                    run,
                    Optional.ofNullable(step.image).map(ImageName::parse),
                    new VersionRequest(step.template(pattern, moment, commit), number, step.bump));
        }
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends ImageStepDescriptor {

        private Clock clock = Clock.systemUTC();

        @Override
        Optional<String> patternWithout() {
            return Optional.of(getDefaultPattern());
        }

        /** Where the time comes from; for tests. */
        void setClock(Clock clock) {
            this.clock = clock;
        }

        @Override
        public String getFunctionName() {
            return "imageVersion";
        }

        @Override
        public String getDisplayName() {
            return Messages.ImageVersionStep_displayName();
        }

        /** What the form shows for {@code zone}. */
        public String getDefaultZone() {
            return DEFAULT_ZONE;
        }

        /** In a Jenkinsfile {@code values} may be a map: {@code [major: 1, minor: 4]}. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            requireNumber(arguments.get("build"), "give a build a version");
            Map<String, Object> usual = new LinkedHashMap<>(arguments);
            if (arguments.get("values") instanceof Map<?, ?> map) {
                usual.put(
                        "values",
                        map.entrySet().stream()
                                .map(value -> value.getKey() + "=" + value.getValue())
                                .toList());
            }
            return super.newInstance(usual);
        }

        /** The form has one field for all values. */
        @Override
        public Step newInstance(StaplerRequest2 request, JSONObject form) throws Descriptor.FormException {
            TextList.split(form, "values", TextList::lines);
            leaveOutBlank(form, "build");
            return super.newInstance(request, form);
        }

        /** What the form shows for {@code values}. */
        public String valueLines(ImageVersionStep step) {
            return step == null ? "" : String.join("\n", step.values);
        }

        @Override
        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.checkOptionalImage(value);
        }

        @RequirePOST
        public FormValidation doCheckBuild(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validateNonNegativeInteger(value);
        }

        @RequirePOST
        public FormValidation doCheckZone(@QueryParameter String value) {
            return ImageForm.checkZone(value);
        }

        /** Shows the version that the build would get now. */
        @RequirePOST
        public FormValidation doCheckPattern(
                @QueryParameter String value,
                @QueryParameter String build,
                @QueryParameter String zone,
                @QueryParameter String values) {
            ImageVersionStep step = new ImageVersionStep();
            String pattern = TagSelection.orDefault(Util.fixEmptyAndTrim(value));
            step.setZone(zone);
            step.setValues(TextList.lines(values));
            return ImageForm.checkVersion(
                    String.join(" ", pattern, step.zone, Util.fixNull(values)),
                    () -> step.template(pattern, clock.instant(), EXAMPLE_COMMIT)
                            .version(exampleBuild(build))
                            .tag());
        }

        private static BigInteger exampleBuild(String given) {
            return Util.fixNull(given).matches("[0-9]{1,18}") ? new BigInteger(given) : EXAMPLE_BUILD;
        }
    }
}
