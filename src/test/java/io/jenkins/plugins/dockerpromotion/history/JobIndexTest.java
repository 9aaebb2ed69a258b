package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.Util;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.TopLevelItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class JobIndexTest {

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

    /** As after a restart: nothing of the job is in memory. */
    private void forgetMemory() throws Exception {
        jenkins.jenkins.reload();
        project = jenkins.jenkins.getItemByFullName(project.getFullName(), FreeStyleProject.class);
    }

    private List<String> versions() {
        return JobIndex.of(project).entries().stream()
                .map(e -> e.getPromotion().getVersion())
                .toList();
    }

    private boolean isLoaded(int build) {
        return project._getRuns().getLoadedBuilds().containsKey(build);
    }

    @Test
    void answersWithoutLoadingABuild() throws Exception {
        forgetMemory();

        assertThat(JobIndex.of(project).isEmpty()).isFalse();
        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(isLoaded(1)).isFalse();
    }

    @Test
    void isMadeAnewWhenItIsDamaged() throws Exception {
        String whole = Files.readString(file());
        Files.writeString(file(), whole.substring(10));
        forgetMemory();

        assertThat(JobIndex.of(project).isEmpty()).isFalse();
        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(Files.readString(file())).isEqualTo(whole);
    }

    @Test
    void isMadeAnewOnceABuildShowsThatItIsMissing() throws Exception {
        Files.delete(file());
        forgetMemory();
        assertThat(JobIndex.of(project).isEmpty()).isTrue();

        project.getBuildByNumber(2);

        assertThat(JobIndex.of(project).isEmpty()).isFalse();
        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(file()).exists();
    }

    @Test
    void findsEarlierPromotionsWhenTheFirstOneAfterALossIsRecorded() throws Exception {
        Files.delete(file());
        forgetMemory();

        JobIndex.of(project).put(2, List.of(Samples.promotion("2.0", created("latest"))));

        assertThat(isLoaded(1)).isFalse();
        assertThat(versions()).containsExactly("2.0", "1.0");
    }

    @Test
    void takesInABuildThatJenkinsHadNoTimeToWriteDown() throws Exception {
        String whole = Files.readString(file());
        Files.writeString(file(), whole.substring(0, whole.indexOf('\n') + 1));
        forgetMemory();
        assertThat(versions()).containsExactly("1.0");

        project.getBuildByNumber(2);

        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(Files.readString(file())).isEqualTo(whole);
    }

    @Test
    void takesInASecondPromotionOfABuildThatJenkinsHadNoTimeToWriteDown() throws Exception {
        String whole = Files.readString(file());
        Samples.record(project.getBuildByNumber(2), receipt("2.1", created("production")));
        Files.writeString(file(), whole);
        forgetMemory();
        assertThat(versions()).containsExactly("2.0", "1.0");

        project.getBuildByNumber(2);

        assertThat(versions()).containsExactly("2.1", "2.0", "1.0");
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
        assertThat(file()).doesNotExist();
    }

    @Test
    void goesWithAJobThatIsRenamedAndNotIntoACopy() throws Exception {
        String oldName = project.getName();
        project.renameTo(oldName + "-renamed");
        FreeStyleProject successor = jenkins.createFreeStyleProject(oldName);
        FreeStyleProject copy = (FreeStyleProject) jenkins.jenkins.copy((TopLevelItem) project, oldName + "-copy");

        assertThat(versions()).containsExactly("2.0", "1.0");
        assertThat(JobIndex.of(successor).isEmpty()).isTrue();
        assertThat(JobIndex.of(copy).isEmpty()).isTrue();
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
        assertThat(project.getBuildByNumber(1).getAction(BuildPromotions.class).getPromotions())
                .hasSize(21);
    }
}
