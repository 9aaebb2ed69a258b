package io.jenkins.plugins.dockerpromotion.steps;

import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.tags.UsedVersionsQuery;
import io.jenkins.plugins.dockerpromotion.version.UsedVersions;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Creates a version for a build that is unique and newer than all others. */
public final class ImageVersionStep extends ImageStep<UsedVersions> {

    private static final long serialVersionUID = 1L;
    private static final String DEFAULT_ZONE = "UTC";
    private static final BigInteger EXAMPLE_BUILD = BigInteger.valueOf(103);
    private static final String EXAMPLE_COMMIT = "0123456789ab";

    private Long build;
    private String pattern;
    private String zone = DEFAULT_ZONE;
    private List<String> values = new ArrayList<>();
    private boolean bump;
    /** The values for this run of the step, even if the configuration or the date changes in the meantime. */
    private String patternInForce;

    private Instant moment;

    @DataBoundConstructor
    public ImageVersionStep() {
        super(null);
    }

    public Long getBuild() {
        return build;
    }

    @DataBoundSetter
    public void setBuild(Long build) {
        this.build = build;
    }

    /** {@code null} for the configured pattern. */
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

    @DataBoundSetter
    public void setImage(String image) {
        useImage(image);
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
    public StepExecution start(StepContext context) throws Exception {
        moment = ((DescriptorImpl) getDescriptor()).clock.instant();
        patternInForce = PatternStep.orDefault(pattern);
        return super.start(context);
    }

    @Override
    String phrase() {
        return "create a version for " + (build == null ? "this build" : "build " + build)
                + (getImage() == null ? "" : " of " + getImage());
    }

    @Override
    Operation<UsedVersions> operation(StepRun run) throws IOException, InterruptedException {
        VersionReservations.Claim claim = claim(run);
        UsedVersions used = claim.request().usedVersions();
        Optional<String> before = VersionReservations.get().given(claim);
        if (before.isPresent()) {
            run.say("This build already has the version " + before.get());
            return UsedVersionsQuery.ofNothing(used);
        }
        if (getImage() == null) {
            run.say("Creating" + phrase().substring("create".length()) + " with the pattern " + patternInForce);
            return UsedVersionsQuery.ofNothing(used);
        }
        run.say("Checking the versions of " + run.link(name(), name().toString()) + " with the pattern "
                + patternInForce);
        return UsedVersionsQuery.of(name(), used).with(login(run));
    }

    @Override
    Object result(UsedVersions found, StepRun run) throws IOException, InterruptedException {
        VersionRequest.Decision decision = VersionReservations.get().reserve(claim(run), found);
        decision.bumped().ifPresent(why -> run.say("Using the next free number instead: " + why));
        run.say("The version is " + decision.version()
                + (found.checked() == 0 ? "" : "; checked " + found.checked() + " tags"));
        return decision.version();
    }

    /** @throws IllegalArgumentException in one line, if a parameter is not valid */
    private VersionReservations.Claim claim(StepRun run) throws IOException, InterruptedException {
        if (build != null && build < 0) {
            throw new IllegalArgumentException("'build' is " + build + ", which is not a build number");
        }
        BigInteger number = BigInteger.valueOf(build == null ? run.build().getNumber() : build);
        String commit = Util.fixNull(run.environment().get("GIT_COMMIT"));
        return VersionReservations.Claim.of(
                run.build(),
                Optional.ofNullable(getImage()).map(ImageName::parse),
                new VersionRequest(template(patternInForce, moment, commit), number, bump));
    }

    private VersionTemplate template(String form, Instant date, String commit) {
        return VersionTemplate.of(
                form,
                date,
                VersionTemplate.zone(zone),
                VersionValues.parse(values).orCommit(commit));
    }

    /** Form of the step. */
    @Extension
    public static final class DescriptorImpl extends RegistryStepDescriptor {

        private Clock clock = Clock.systemUTC();

        @Override
        Optional<String> patternWithout() {
            return Optional.of(getDefaultPattern());
        }

        /** The clock; can be replaced by tests. */
        void setClock(Clock clock) {
            this.clock = clock;
        }

        /** What the form shows for {@code zone}. */
        public String getDefaultZone() {
            return DEFAULT_ZONE;
        }

        @Override
        List<String> split(String field, String text) {
            return FormFields.lines(text);
        }

        /** In a Jenkinsfile {@code values} may be a map: {@code [major: 1, minor: 4]}. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            ImageForm.requireNumber(arguments.get("build"), "create a version for a build");
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

        @Override
        @RequirePOST
        public FormValidation doCheckImage(@QueryParameter String value) {
            return ImageForm.ifGiven(value, ImageName::parse);
        }

        @RequirePOST
        public FormValidation doCheckBuild(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.ok()
                    : FormValidation.validateNonNegativeInteger(value);
        }

        @RequirePOST
        public FormValidation doCheckZone(@QueryParameter String value) {
            return ImageForm.ifGiven(value, VersionTemplate::zone);
        }

        /** Shows the version that the build would get now. */
        @RequirePOST
        public FormValidation doCheckPattern(
                @QueryParameter String value,
                @QueryParameter String build,
                @QueryParameter String zone,
                @QueryParameter String values) {
            ImageVersionStep step = new ImageVersionStep();
            String pattern = PatternStep.orDefault(Util.fixEmptyAndTrim(value));
            step.setZone(zone);
            step.setValues(FormFields.lines(values));
            BigInteger number = Util.fixNull(build).matches("[0-9]{1,18}") ? new BigInteger(build) : EXAMPLE_BUILD;
            return String.join(" ", pattern, step.zone, Util.fixNull(values)).contains("${")
                    ? FormValidation.ok()
                    : FormFields.check(() -> FormValidation.ok(
                            Messages.ImageVersionStep_example(step.template(pattern, clock.instant(), EXAMPLE_COMMIT)
                                    .version(number)
                                    .tag())));
        }
    }
}
