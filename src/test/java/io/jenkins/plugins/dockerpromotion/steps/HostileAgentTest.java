package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.Launcher;
import hudson.console.ConsoleNote;
import hudson.console.HyperlinkNote;
import hudson.model.AbstractBuild;
import hudson.model.BuildListener;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.dockerpromotion.agent.AgentCall;
import io.jenkins.plugins.dockerpromotion.history.BuildPromotions;
import io.jenkins.plugins.dockerpromotion.isolation.IsolatedDirectory;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionException;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt.Target;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.IssuedToken;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.PruneReceipt;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.htmlunit.html.HtmlAnchor;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestBuilder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** An agent answers what it likes; it gets no further than its own build's log. */
@WithJenkins
class HostileAgentTest {

    private static final String IMAGE = "technolog/serviceone";
    private static final String DIGEST = digest("promoted");
    private static final String BEFORE = digest("before");
    private static final String MARKUP = "<img src=x onerror=alert(1)>";
    private static final String LINES = "one\r\n[Pipeline] { (Forged)\u001b[31m\u0000\u202eend";
    private static final Target LATEST = new Target("latest", BEFORE, true);

    private static JenkinsRule jenkins;
    private static FreeStyleProject project;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final TaskListener listener = new StreamTaskListener(log, StandardCharsets.UTF_8);
    private FreeStyleBuild run;

    @BeforeAll
    static void prepare(JenkinsRule rule) throws Exception {
        jenkins = rule;
        project = rule.createFreeStyleProject("project");
    }

    @BeforeEach
    void build() throws Exception {
        run = jenkins.buildAndAssertSuccess(project);
    }

    private static String digest(String text) {
        return Digest.sha256(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static PromotionReceipt receipt(String source, String image, String digest, Target... targets) {
        return new PromotionReceipt(source, image, digest, LINES, List.of(MARKUP), List.of(targets), false);
    }

    private static PromoteImageStep promotion() {
        PromoteImageStep step = new PromoteImageStep(IMAGE, "1.0");
        step.setTo(List.of("latest"));
        return step;
    }

    @Test
    void theTruthIsRecorded() throws Exception {
        this.<PromotionReceipt>execution(promotion())
                .conclude(receipt(IMAGE + ":1.0", IMAGE, DIGEST, LATEST), run, listener);

        assertThat(run.getAction(BuildPromotions.class).getPromotions()).hasSize(1);
    }

    @Test
    void whatIsLeftOfAPromotionIsOneLineForEachTagThatWasAskedFor() throws Exception {
        UndoneReceipt undone = new UndoneReceipt(
                receipt(IMAGE + ":1.0", IMAGE, DIGEST, LATEST),
                List.of(new UndoneReceipt.Outcome("latest", true, MARKUP + LINES)));

        this.<PromotionReceipt>execution(promotion()).failed(failure(MARKUP + LINES, undone), run);

        HtmlPage page = jenkins.createWebClient().getPage(run);
        String summary = page.getElementById("docker-promotions").asNormalizedText();
        assertThat(summary)
                .contains(MARKUP + "one [Pipeline] { (Forged) [31m end")
                .doesNotContain("\u001b", "\u202e");
        assertThat(page.getWebResponse().getContentAsString()).doesNotContain("<img src=x");
        assertThat(jenkins.createWebClient()
                        .goToXml(run.getUrl() + "api/xml?depth=3")
                        .getWebResponse()
                        .getContentAsString())
                .contains("Forged")
                .doesNotContain("<img", "\u001b");
    }

    private static PromotionException failure(String text, UndoneReceipt undone) throws Exception {
        Constructor<PromotionException> made =
                PromotionException.class.getDeclaredConstructor(String.class, List.class, Throwable.class);
        made.setAccessible(true);
        return made.newInstance(text, List.of(undone), null);
    }

    @Test
    void failuresAreOneLine() {
        for (Exception e : List.of(
                new PromotionException(LINES), new AbortException(LINES), new IllegalArgumentException(LINES))) {
            assertThat(StepFailure.explained("try", e).getMessage())
                    .endsWith("one [Pipeline] { (Forged) [31m end")
                    .doesNotContain("\n");
        }
    }

    @Test
    void aTokenIsOneWordSoThatItCanBeMasked() {
        DockerHubTokenStep hub = new DockerHubTokenStep("hub");
        RegistryTokenStep registry = new RegistryTokenStep();
        registry.setRegistry("registry.example.com");
        for (String token : List.of("", "two words", "two\nlines", "\u001b[31m")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> this.<String>execution(hub).conclude(token, run, listener));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> this.<IssuedToken>execution(registry)
                            .conclude(new IssuedToken(token, -1, true), run, listener));
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void theControllerKnowsItselfWhichVersionsItGives() throws Exception {
        ImageVersionStep step = new ImageVersionStep();
        step.setPattern("{major}.{build}");
        step.setValues(List.of("major=1"));
        step.setImage(IMAGE);
        VersionRequest other = new VersionRequest(
                VersionTemplate.of("evil{build}", Instant.EPOCH, ZoneOffset.UTC, VersionValues.parse(List.of())),
                BigInteger.TEN,
                true);
        VersionSurvey survey = other.survey();
        survey.see("evil99");

        // Nothing of the other pattern counts but the highest number, which may be that of another form of tag.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    VersionSurvey absurd = other.survey();
                    absurd.see("evil" + "9".repeat(120));
                    this.<VersionSurvey>execution(step).conclude(tooHigh(absurd), run, listener);
                })
                .withMessage("the agent tells of tags that cannot be");
        assertThat(this.<VersionSurvey>execution(step).conclude(survey, run, listener))
                .isEqualTo("1." + run.getNumber());
    }

    private static VersionSurvey tooHigh(VersionSurvey survey) throws ReflectiveOperationException {
        var field = VersionSurvey.class.getDeclaredField("highestBuild");
        field.setAccessible(true);
        field.set(survey, BigInteger.ONE.shiftLeft(100_000));
        return survey;
    }

    @Test
    void theReasonsOfAPruningAreOneLineEach() throws Exception {
        PruneImageTagsStep step = new PruneImageTagsStep(IMAGE);
        PruneReceipt receipt = new PruneReceipt(
                List.of(), List.of(), List.of(new PruneReceipt.Entry("1", "", LINES)), Long.MIN_VALUE, false);

        this.<PruneReceipt>execution(step).conclude(receipt, run, listener);

        assertThat(log.toString(StandardCharsets.UTF_8).lines()).noneMatch(line -> line.startsWith("[Pipeline]"));
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b");
    }

    @Test
    void aBlockGetsTheVariablesOfDockerAndNoOthers() throws Exception {
        String directory = IsolatedDirectory.newName();
        Map<String, String> right = Map.of("DOCKER_CONFIG", "/tmp/" + directory);
        assertThat(BlockConfiguration.requireOwn(directory, right)).isEqualTo(right);

        for (Map<String, String> wrong : List.of(
                Map.of("DOCKER_CONFIG", "/tmp/" + directory, "LD_PRELOAD", "/tmp/evil.so"),
                Map.of("DOCKER_CONFIG", "/tmp/" + directory, "REGISTRY_AUTH_FILE", LINES),
                Map.of("DOCKER_CONFIG", "/home/somebody/.docker"),
                Map.<String, String>of())) {
            assertThatThrownBy(() -> BlockConfiguration.requireOwn(directory, wrong))
                    .isInstanceOf(AbortException.class)
                    .hasMessage("Cannot make a Docker configuration: the agent answers with something else");
        }
    }

    /** Says what no operation says, and adds a note of its own making, which only the controller can sign. */
    private record Shouting(String note) implements Operation<Boolean> {
        @Override
        public Boolean run(RegistryContext context) {
            context.notices().say("notice " + LINES + MARKUP);
            context.notices().say(note + "click");
            return true;
        }
    }

    @Test
    void noticesMakeNoLinesNoLinksAndNoColoursInALog() throws Exception {
        String note = HyperlinkNote.encodeTo("javascript:alert(1)", "x");
        String forged = ConsoleNote.PREAMBLE_STR
                + note.substring(ConsoleNote.PREAMBLE_STR.length()).replaceFirst("[A-Za-z0-9]{6}", "AAAAAA");
        FreeStyleProject shouting = jenkins.createFreeStyleProject();
        shouting.setAssignedNode(jenkins.createOnlineSlave());
        shouting.getBuildersList().add(new TestBuilder() {
            @Override
            public boolean perform(AbstractBuild<?, ?> build, Launcher launcher, BuildListener buildListener)
                    throws InterruptedException, IOException {
                return build.getWorkspace()
                        .act(new AgentCall<>(UUID.randomUUID(), new Shouting(forged), Network.usual(), buildListener));
            }
        });

        FreeStyleBuild build = jenkins.buildAndAssertStatus(Result.SUCCESS, shouting);

        assertThat(jenkins.getLog(build).lines())
                .contains("notice one [Pipeline] { (Forged) [31m end" + MARKUP)
                .noneMatch(line -> line.startsWith("[Pipeline]"));
        HtmlPage console = jenkins.createWebClient().getPage(build, "console");
        assertThat(console.getAnchors())
                .extracting(HtmlAnchor::getHrefAttribute)
                .noneMatch(h -> h.contains("alert"));
        assertThat(console.getWebResponse().getContentAsString()).doesNotContain("<img src=x");
    }

    @SuppressWarnings("unchecked")
    private <T extends Serializable> AgentStepExecution<T> execution(Step step) {
        try {
            return (AgentStepExecution<T>) step.start(new Context());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** As much as an execution asks for when its answer is there. */
    private static final class Context extends StepContext {
        private static final long serialVersionUID = 1L;

        @Override
        public <T> T get(Class<T> key) {
            return key.isAssignableFrom(EnvVars.class) ? key.cast(new EnvVars()) : null;
        }

        @Override
        public void onSuccess(Object result) {}

        @Override
        public void onFailure(Throwable t) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public ListenableFuture<Void> saveState() {
            return Futures.immediateFuture(null);
        }

        @Override
        public void setResult(Result r) {}

        @Override
        public BodyInvoker newBodyInvoker() {
            throw new IllegalStateException();
        }

        @Override
        public boolean equals(Object o) {
            return this == o;
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }
}
