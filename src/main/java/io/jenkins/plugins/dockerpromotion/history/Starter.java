package io.jenkins.plugins.dockerpromotion.history;

import hudson.Util;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.model.User;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** Who or what started a build that promoted something: a user, or else the build's cause. */
@ExportedBean(defaultVisibility = 2)
public final class Starter {

    static final Starter UNKNOWN = new Starter("", "");

    private String userId;
    private String text;

    /** For what reads it from a file. */
    private Starter() {}

    private Starter(String userId, String text) {
        this.userId = userId;
        this.text = text;
    }

    static Starter of(Run<?, ?> run) {
        Cause.UserIdCause user = run.getCause(Cause.UserIdCause.class);
        if (user != null && user.getUserId() != null) {
            return new Starter(user.getUserId(), Util.fixNull(user.getUserName()));
        }
        List<Cause> causes = run.getCauses();
        return causes.isEmpty()
                ? UNKNOWN
                : new Starter("", Util.fixNull(causes.get(0).getShortDescription()));
    }

    /** Makes up for what the file it was read from does not have. */
    Starter complete() {
        userId = Util.fixNull(userId);
        text = Util.fixNull(text);
        return this;
    }

    /** Empty if it was no user. */
    @Exported
    public String getUserId() {
        return userId;
    }

    /** The user's name, or the cause's description. */
    @Exported
    public String getText() {
        return text;
    }

    /** The page of the user, {@code null} if there is no such user any more: for Jelly. */
    public String getUrl() {
        User user = userId.isEmpty() ? null : User.getById(userId, false);
        return user == null ? null : user.getUrl();
    }
}
