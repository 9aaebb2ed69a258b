package io.jenkins.plugins.dockerpromotion.webhook;

import com.thoughtworks.xstream.XStream;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.AbstractBuild;
import hudson.model.Action;
import hudson.model.Cause;
import hudson.model.EnvironmentContributor;
import hudson.model.InvisibleAction;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A push to a registry started the build. Its details come from the registry's unverified notification. */
@ExportedBean
public final class DockerPushCause extends Cause {

    private final String pushId;
    private final String image;
    private final String tag;
    private final String digest;
    private final String pusher;
    private final String pushedAt;

    DockerPushCause(String pushId, PushEvent push) {
        this.pushId = pushId;
        image = push.image().toString();
        tag = push.tag().value();
        digest = push.digest().map(Digest::toString).orElse(null);
        pusher = push.pusher();
        pushedAt = push.time().map(Instant::toString).orElse(null);
    }

    /** The same for all builds that one push started. */
    @Exported(visibility = 3)
    public String getPushId() {
        return pushId;
    }

    @Exported(visibility = 3)
    public String getImage() {
        return image;
    }

    @Exported(visibility = 3)
    public String getTag() {
        return tag;
    }

    /** The digest of the tag; empty if the registry did not report it. */
    @CheckForNull
    @Exported(visibility = 3)
    public String getDigest() {
        return digest;
    }

    /** Empty if the registry did not report it. */
    @Exported(visibility = 3)
    public String getPusher() {
        return pusher;
    }

    /** In ISO 8601 format, by the registry's clock. */
    @CheckForNull
    @Exported(visibility = 3)
    public String getPushedAt() {
        return pushedAt;
    }

    @Override
    public String getShortDescription() {
        String pushed = digest == null
                ? image + ":" + tag
                : image + ":" + tag + " (" + Digest.parse(digest).abbreviated() + ")";
        String by = pusher.isEmpty()
                ? Messages.DockerPushCause_pushed(pushed)
                : Messages.DockerPushCause_pushedBy(pushed, pusher);
        return pushedAt == null ? by : Messages.DockerPushCause_at(by, pushedAt);
    }

    /**
     * Warns in {@code log} if a build started by a push finds another digest under the pushed tag: someone pushed
     * again in the meantime, or the notification was false. Call this after resolving a tag.
     *
     * @param reference image and tag, as {@code technolog/serviceone:2017.2.103}
     */
    public static void compare(Run<?, ?> run, String reference, String digest, PrintStream log) {
        DockerPushCause cause = run.getCause(DockerPushCause.class);
        if (cause != null
                && cause.digest != null
                && reference.equals(cause.image + ":" + cause.tag)
                && !cause.digest.equals(digest)) {
            log.println("Warning: " + reference + " is " + digest + " now, but the push that started this build was "
                    + cause.digest);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DockerPushCause cause && pushId.equals(cause.pushId);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(pushId);
    }

    /** The names in {@code build.xml} and {@code queue.xml}, independent of the class names. */
    @Initializer(before = InitMilestone.PLUGINS_STARTED)
    public static void nameElements() {
        for (XStream xstream : List.of(Run.XSTREAM2, Queue.XSTREAM)) {
            xstream.alias("docker-push-cause", DockerPushCause.class);
            xstream.alias("docker-push", InQueue.class);
        }
    }

    /** Prevents Jenkins from merging queued builds of different pushes: each push gets its own build. */
    public static final class InQueue extends InvisibleAction implements Queue.QueueAction {

        private final String pushId;

        InQueue(String pushId) {
            this.pushId = pushId;
        }

        public String getPushId() {
            return pushId;
        }

        @Override
        public boolean shouldSchedule(List<Action> others) {
            return Util.filter(others, InQueue.class).stream().noneMatch(other -> other.pushId.equals(pushId));
        }
    }

    /** Provides the push in the build's environment. All values were validated when the notification arrived. */
    @Extension
    public static final class Environment extends EnvironmentContributor {

        @Override
        @SuppressWarnings("rawtypes")
        public void buildEnvironmentFor(Run run, EnvVars variables, TaskListener listener) {
            DockerPushCause cause = ((Run<?, ?>) run).getCause(DockerPushCause.class);
            if (cause != null) {
                variables.put("DOCKER_TRIGGER_REPO_NAME", cause.getImage());
                variables.put("DOCKER_TRIGGER_TAG", cause.getTag());
                variables.put("DOCKER_TRIGGER_PUSHER", pusher(run, cause));
                variables.put("DOCKER_TRIGGER_DIGEST", Util.fixNull(cause.getDigest()));
            }
        }

        /**
         * Builds other than Pipelines expand variables in values ({@code EnvVars.resolve}): a name like
         * <code>${PASSWORD}</code> must not reveal a variable.
         */
        private static String pusher(Run<?, ?> run, DockerPushCause cause) {
            return run instanceof AbstractBuild ? cause.getPusher().replace("$", "$$") : cause.getPusher();
        }
    }
}
