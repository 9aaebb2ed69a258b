package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.User;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt.Target;
import io.jenkins.plugins.dockerpromotion.promotion.UndoneReceipt;
import java.lang.reflect.Field;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Sample data for {@link PicturesOfPages}: three weeks of releases of a service. The last release is on the Friday
 * before today.
 */
final class PicturedReleases {

    static final String RELEASE = "serviceone-release";

    private static final String ROLLOUT = "fleet-rollout";
    private static final int FIRST_BUILD = 61;

    private final JenkinsRule jenkins;
    private final LocalDate friday = LocalDate.now().with(TemporalAdjusters.previous(DayOfWeek.FRIDAY));
    private final Map<Integer, String> versions = new HashMap<>();

    /** The version that each tag points to. */
    private final Map<String, String> stands = new HashMap<>(Map.of("latest", "before", "production", "before"));

    PicturedReleases(JenkinsRule jenkins) {
        this.jenkins = jenkins;
    }

    void make() throws Exception {
        User.getById("ada", true).setFullName("Ada Lovelace");
        User.getById("grace", true).setFullName("Grace Hopper");
        jenkins.createProject(WorkflowJob.class, RELEASE).updateNextBuildNumber(FIRST_BUILD);
        jenkins.createProject(WorkflowJob.class, ROLLOUT);
        candidate(96, 18, "09:41", "ada");
        promote(RELEASE, 96, 17, "14:05", "grace", "production");
        promote(ROLLOUT, 96, 17, "15:20", "grace", "eu-west");
        candidate(97, 16, "10:22", "ada");
        candidate(98, 14, "15:30", "grace");
        promote(RELEASE, 98, 11, "11:02", "grace", "production");
        promote(ROLLOUT, 98, 10, "08:30", "grace", "eu-west", "us-east");
        candidate(99, 10, "09:17", "ada");
        version(100, 9);
        fail(100, 9, "16:48", "ada");
        candidate(100, 8, "10:09", "ada");
        plan(100, 7, "13:20", "grace", "production");
        promote(RELEASE, 100, 4, "09:33", "grace", "production");
        promote(ROLLOUT, 100, 4, "11:15", "grace", "eu-west");
        candidate(101, 3, "10:51", "ada");
        candidate(102, 2, "15:12", "ada");
        promote(RELEASE, 102, 1, "11:40", "grace", "production");
        promote(ROLLOUT, 102, 1, "14:30", "grace", "eu-west", "us-east");
        candidate(103, 0, "09:26", "ada");
    }

    String newestVersion() {
        return versions.get(103);
    }

    /** The evening of the last day. */
    Instant end() {
        return time(0, "18:00");
    }

    private Instant time(int daysBefore, String time) {
        return friday.minusDays(daysBefore)
                .atTime(LocalTime.parse(time))
                .atZone(ZoneId.systemDefault())
                .toInstant();
    }

    private String version(int build, int daysBefore) {
        LocalDate day = friday.minusDays(daysBefore);
        return versions.computeIfAbsent(
                build,
                b -> day.get(IsoFields.WEEK_BASED_YEAR) + "." + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) + "." + b);
    }

    private void candidate(int build, int daysBefore, String time, String user) throws Exception {
        promote(RELEASE, build, daysBefore, time, user, version(build, daysBefore) + "-rc", "latest");
    }

    private void promote(String job, int build, int daysBefore, String time, String user, String... tags)
            throws Exception {
        Run<?, ?> run = run(job, user, Result.SUCCESS);
        record(run, daysBefore, time, promotion(run, receipt(build, false, tags)));
        Stream.of(tags).forEach(tag -> stands.put(tag, versions.get(build)));
    }

    private static Promotion promotion(Run<?, ?> run, PromotionReceipt receipt) {
        return Promotion.of(Samples.origin(Promotion.StartedBy.of(run)), receipt);
    }

    private void plan(int build, int daysBefore, String time, String user, String tag) throws Exception {
        Run<?, ?> run = run(RELEASE, user, Result.SUCCESS);
        record(run, daysBefore, time, promotion(run, receipt(build, true, tag)));
    }

    private void fail(int build, int daysBefore, String time, String user) throws Exception {
        Run<?, ?> run = run(RELEASE, user, Result.FAILURE);
        String candidate = versions.get(build) + "-rc";
        UndoneReceipt undone = new UndoneReceipt(
                receipt(build, false, candidate, "latest"),
                List.of(
                        new UndoneReceipt.Outcome(candidate, false, "not there"),
                        new UndoneReceipt.Outcome(
                                "latest",
                                false,
                                "put back to " + Promotion.abbreviated(Samples.digest(stands.get("latest"))))));
        record(
                run,
                daysBefore,
                time,
                Promotion.failed(
                        Samples.origin(Promotion.StartedBy.of(run)),
                        undone,
                        "Cannot push the manifest on registry-1.docker.io: it answered 503, after 4 attempts"));
    }

    private PromotionReceipt receipt(int build, boolean dryRun, String... tags) {
        Target[] targets = Stream.of(tags)
                .map(tag -> stands.containsKey(tag) ? Samples.moved(tag, stands.get(tag)) : Samples.created(tag))
                .toArray(Target[]::new);
        return Samples.receipt(Samples.IMAGE, versions.get(build), dryRun, targets);
    }

    private Run<?, ?> run(String name, String user, Result result) throws Exception {
        WorkflowJob job = jenkins.jenkins.getItemByFullName(name, WorkflowJob.class);
        String pipeline = result == Result.SUCCESS ? "echo 'released'" : "error 'not released'";
        job.setDefinition(new CpsFlowDefinition(pipeline, true));
        return jenkins.assertBuildStatus(result, job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause(user))));
    }

    private void record(Run<?, ?> run, int daysBefore, String time, Promotion promotion) throws Exception {
        long when = time(daysBefore, time).toEpochMilli();
        set(run, "timestamp", when - 40_000);
        set(run, "startTime", when - 40_000);
        set(run, "duration", 43_000);
        PromotionStore.add(run, Samples.at(when, promotion));
    }

    /** Sets a field by reflection, because a build always takes the current time. */
    private static void set(Run<?, ?> run, String name, long value) throws ReflectiveOperationException {
        Field field = Run.class.getDeclaredField(name);
        field.setAccessible(true);
        field.setLong(run, value);
    }
}
