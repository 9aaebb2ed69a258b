package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Util;
import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Queue;
import java.util.List;

/** Keeps the builds of different pushes apart in the queue: each gets a build that knows its own image. */
public final class PushAction extends InvisibleAction implements Queue.QueueAction {

    private final String pushId;

    PushAction(String pushId) {
        this.pushId = pushId;
    }

    public String getPushId() {
        return pushId;
    }

    @Override
    public boolean shouldSchedule(List<Action> others) {
        return Util.filter(others, PushAction.class).stream().noneMatch(other -> other.pushId.equals(pushId));
    }
}
