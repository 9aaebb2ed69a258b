package io.jenkins.plugins.dockerpromotion.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Cause;
import hudson.model.Run;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A push to a registry started the build. What it says of the push is what the registry's notification claimed. */
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

    /** What the tag pointed to, where the registry told. */
    @CheckForNull
    @Exported(visibility = 3)
    public String getDigest() {
        return digest;
    }

    /** Empty if the registry did not tell. */
    @Exported(visibility = 3)
    public String getPusher() {
        return pusher;
    }

    /** As ISO 8601 has it, by the registry's clock. */
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
     * Says in {@code log} if a build that a push started meets the pushed tag with another digest: somebody pushed again
     * meanwhile, or the notification was false. To be called by whoever has resolved a tag.
     *
     * @param reference image and tag, as {@code technolog/serviceone:2017.2.103}
     */
    public static void compare(Run<?, ?> run, String reference, String digest, PrintStream log) {
        DockerPushCause cause = run.getCause(DockerPushCause.class);
        if (cause != null
                && cause.digest != null
                && reference.equals(cause.image + ":" + cause.tag)
                && !cause.digest.equals(digest)) {
            log.println("Warning: " + reference + " is " + digest + " now; the push that started this build was of "
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
}
