package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static io.jenkins.plugins.dockerpromotion.history.Samples.receipt;
import static io.jenkins.plugins.dockerpromotion.history.Samples.unchanged;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.Util;
import hudson.model.Action;
import hudson.model.Cause;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Run;
import hudson.model.TopLevelItem;
import hudson.model.User;
import hudson.triggers.TimerTrigger;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.history.Promotion.Outcome;
import io.jenkins.plugins.dockerpromotion.history.Promotion.StartedBy;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jenkins.model.TransientActionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class PromotionStoreTest {

    private static JenkinsRule jenkins;
    private FreeStyleProject project;

    @BeforeAll
    static void prepare(JenkinsRule rule) {
        jenkins = rule;
    }

    @BeforeEach
    void promoteTwice() throws Exception {
        project = jenkins.createFreeStyleProject();
        Samples.record(jenkins.buildAndAssertSuccess(project), receipt("1.0", created("latest")));
        Samples.record(jenkins.buildAndAssertSuccess(project), receipt("2.0", created("latest")));
    }

    @AfterEach
    void forget() throws Exception {
        project.delete();
    }

    private Path file() {
        return project.getRootDir().toPath().resolve("docker-promotions.jsonl");
    }

    /** Reloads the configuration, as a restart would, so that no state of the job is in memory. */
    private void forgetMemory() throws Exception {
        jenkins.jenkins.reload();
        project = jenkins.jenkins.getItemByFullName(project.getFullName(), FreeStyleProject.class);
    }

    private List<String> versions() {
        return PromotionStore.entries(project).stream()
                .map(e -> e.promotion().version())
                .toList();
    }

    @Test
    void answersWithoutLoadingABuild() throws Exception {
        forgetMemory();

        assertThat(PromotionStore.isEmpty(project)).isFalse();
        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(project._getRuns().getLoadedBuilds()).doesNotContainKey(1);
        assertThat(project.getBuildByNumber(1).getAction(BuildPromotions.class).getPromotions())
                .extracting(Promotion::version)
                .containsExactly("1.0");
    }

    @Test
    void ofTwoPromotionsInTheSameMillisecondTheOneRecordedLastIsTheNewest() throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(project);
        long now = System.currentTimeMillis();
        PromotionStore.add(build, Samples.at(now, Samples.promotion("3.0", created("latest"))));
        PromotionStore.add(build, Samples.at(now, Samples.promotion("3.1", moved("latest", "3.0"))));

        assertThat(versions()).startsWith("3.1", "3.0");
        assertThat(TargetHistory.of(PromotionStore.entries(project))
                        .get(0)
                        .current()
                        .version())
                .isEqualTo("3.1");
    }

    @Test
    void keepsEverythingAboutAPromotion() throws Exception {
        User.getById("ada", true).setFullName("Ada");
        FreeStyleBuild build =
                jenkins.assertBuildStatusSuccess(project.scheduleBuild2(0, new Cause.UserIdCause("ada")));
        Samples.record(build, receipt("3.0", created("3.0-rc"), moved("latest", "2.0")));
        PromotionStore.add(build, Samples.failed("3.1", "3.0", true));
        List<Promotion> before = PromotionStore.of(build);

        forgetMemory();

        assertThat(PromotionStore.of((Run<?, ?>) project.getBuildByNumber(3)))
                .isEqualTo(before)
                .extracting(Promotion::outcome)
                .containsExactly(Outcome.PROMOTED, Outcome.FAILED);
        assertThat(before.get(0).startedBy()).isEqualTo(new StartedBy("ada", "Ada"));
    }

    @Test
    void readsWhatAnotherVersionWroteWithMoreAndFewerFields() throws Exception {
        try (InputStream stored = getClass().getResourceAsStream("stored.jsonl")) {
            Files.write(file(), stored.readAllBytes());
        }
        forgetMemory();

        assertThat(versions()).containsExactly("2017.2.103");
        Promotion promotion = PromotionStore.entries(project).get(0).promotion();
        assertThat(promotion.outcome()).isEqualTo(Outcome.PROMOTED);
        assertThat(promotion.startedBy()).isEqualTo(StartedBy.UNKNOWN);
        assertThat(promotion.targets()).containsExactly(new Promotion.Target("latest", "", true, ""));
        assertThat(jenkins.createWebClient()
                        .goTo(project.getUrl() + "docker-promotions/")
                        .asNormalizedText())
                .contains("2017.2.103");
    }

    @Test
    void goesOnAfterALineThatWasNotFinished() throws Exception {
        String whole = Files.readString(file());
        Files.writeString(file(), whole.substring(0, whole.length() - 10));
        forgetMemory();
        assertThat(versions()).containsExactly("1.0");

        Samples.record(project.getBuildByNumber(2), receipt("2.1", created("production")));
        forgetMemory();

        assertThat(versions()).containsExactly("2.1", "1.0");
    }

    @Test
    void aStepThatIsDoneAgainAfterARestartIsOnePromotion() throws Exception {
        Run<?, ?> build = jenkins.buildAndAssertSuccess(project);
        Promotion.Origin step = Samples.origin(StartedBy.UNKNOWN);
        Promotion first = Promotion.of(step, receipt("3.0", unchanged("latest", "3.0")));
        Promotion second = Promotion.of(step, receipt("3.0", created("latest")));
        Promotion third = Promotion.of(step, receipt("3.0", unchanged("latest", "3.0")));
        for (Promotion promotion : List.of(first, second, third)) {
            PromotionStore.add(build, promotion);
        }
        forgetMemory();

        assertThat(PromotionStore.of((Run<?, ?>) project.getBuildByNumber(3))).containsExactly(second);
    }

    @Test
    void keepsAllPromotionsOfOneImageInATrain() throws Exception {
        Run<?, ?> build = jenkins.buildAndAssertSuccess(project);
        Promotion.Origin step = Samples.origin(StartedBy.UNKNOWN);
        Promotion stable = Promotion.of(step, receipt("2.0", created("stable")));
        Promotion edge = Promotion.of(step, receipt("3.0", created("edge")));
        PromotionStore.add(build, stable);
        PromotionStore.add(build, edge);
        forgetMemory();

        assertThat(PromotionStore.of(build)).containsExactly(stable, edge);
    }

    @Test
    void knowsWhoStartedTheBuild() throws Exception {
        assertThat(StartedBy.of(
                        project.scheduleBuild2(0, new Cause.UserIdCause(null)).get()))
                .isEqualTo(new StartedBy("", "anonymous"));
        assertThat(StartedBy.of(
                        project.scheduleBuild2(0, new Cause.UserIdCause("gone")).get()))
                .isEqualTo(new StartedBy("gone", "anonymous"));
        assertThat(StartedBy.of(project.scheduleBuild2(0, new TimerTrigger.TimerTriggerCause())
                        .get()))
                .isEqualTo(new StartedBy("", "Started by timer"));
    }

    @Test
    void forgetsBuildsThatAreDeletedInJenkinsOrByHand() throws Exception {
        project.getBuildByNumber(1).delete();
        assertThat(versions()).containsExactly("2.0");
        forgetMemory();
        assertThat(versions()).containsExactly("2.0");

        Util.deleteRecursive(project.getBuildByNumber(2).getRootDir());
        forgetMemory();
        assertThat(versions()).isEmpty();
    }

    @Test
    void hasNoFileWithoutPromotions() throws Exception {
        project.getBuildByNumber(1).delete();
        project.getBuildByNumber(2).delete();

        assertThat(file()).doesNotExist();
        assertThat(PromotionStore.isEmpty(project)).isTrue();
        assertThat(project.getAction(JobHistory.class)).isNull();
    }

    @Test
    void goesWithAJobThatIsRenamedAndNotIntoACopy() throws Exception {
        String oldName = project.getName();
        project.renameTo(oldName + "-renamed");
        FreeStyleProject successor = jenkins.createFreeStyleProject(oldName);
        FreeStyleProject copy = (FreeStyleProject) jenkins.jenkins.copy((TopLevelItem) project, oldName + "-copy");

        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(PromotionStore.isEmpty(successor)).isTrue();
        assertThat(PromotionStore.isEmpty(copy)).isTrue();
        Samples.record(jenkins.buildAndAssertSuccess(project), receipt("3.0", created("latest")));
        forgetMemory();
        assertThat(versions()).containsExactly("3.0", "2.0", "1.0");
        successor.delete();
        copy.delete();
    }

    @Test
    void losesNothingWhenManyPromoteAtTheSameTime() throws Exception {
        List<FreeStyleBuild> builds = List.of(project.getBuildByNumber(1), project.getBuildByNumber(2));
        ExecutorService branches = Executors.newFixedThreadPool(8);
        List<Future<?>> promotions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            FreeStyleBuild build = builds.get(i % 2);
            String version = "9." + i;
            promotions.add(branches.submit(() -> {
                Samples.record(build, receipt(version, created("latest")));
                return null;
            }));
        }
        for (Future<?> promotion : promotions) {
            promotion.get();
        }
        branches.shutdown();

        assertThat(versions()).hasSize(42).doesNotHaveDuplicates();
        forgetMemory();
        assertThat(versions()).hasSize(42).doesNotHaveDuplicates();
        assertThat(PromotionStore.of((Run<?, ?>) project.getBuildByNumber(1))).hasSize(21);
    }

    /** Each page and each build looks up actions. A lookup of other action types must not call our factories. */
    @Test
    void isNotAskedForActionsOfOthers() {
        for (Class<?> type : List.of(FreeStyleProject.class, FreeStyleBuild.class)) {
            assertThat(TransientActionFactory.factoriesFor(type, OfAnother.class))
                    .noneMatch(JobHistory.Factory.class::isInstance)
                    .noneMatch(BuildPromotions.Factory.class::isInstance);
        }
    }

    private abstract static class OfAnother implements Action {}
}
