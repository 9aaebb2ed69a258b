package io.jenkins.plugins.dockerpromotion.webhook;

import io.jenkins.plugins.dockerpromotion.notification.Payload;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** One notification that came in by the webhook, and what became of it. */
public final class Delivery {

    /** What became of a delivery. */
    public enum Outcome {
        WAITING,
        STARTED,
        NOTHING,
        REFUSED
    }

    private final String id = UUID.randomUUID().toString();
    private final long received = System.currentTimeMillis();
    private final String token;
    private final String source;
    private final List<Push> pushes;
    private final boolean replayed;
    private final List<String> jobs = new ArrayList<>();
    private Outcome outcome;
    private String reason;

    private Delivery(String token, String source, List<Push> pushes, boolean replayed, Outcome outcome, String reason) {
        this.token = token;
        this.source = source;
        this.pushes = new ArrayList<>(pushes);
        this.replayed = replayed;
        this.outcome = outcome;
        this.reason = reason;
    }

    static Delivery of(WebhookToken token, Payload payload) {
        List<Push> pushes = payload.events().stream().map(Push::new).toList();
        return new Delivery(token.getName(), payload.source(), pushes, false, Outcome.WAITING, "");
    }

    static Delivery refused(WebhookToken token, String reason) {
        return new Delivery(token.getName(), "", List.of(), false, Outcome.REFUSED, reason);
    }

    /** The same once more, on purpose. */
    Delivery again() {
        List<Push> fresh = pushes.stream().map(Push::event).map(Push::new).toList();
        return new Delivery(token, source, fresh, true, Outcome.WAITING, "");
    }

    synchronized void end(List<String> started, List<String> reasons) {
        jobs.clear();
        jobs.addAll(started);
        outcome = started.isEmpty() ? Outcome.NOTHING : Outcome.STARTED;
        reason = String.join("; ", reasons);
    }

    public String getId() {
        return id;
    }

    public Date getReceived() {
        return new Date(received);
    }

    /** The name of the token it came with. */
    public String getToken() {
        return token;
    }

    public String getSource() {
        return source;
    }

    public List<Push> getPushes() {
        return List.copyOf(pushes);
    }

    /** An administrator asked for it again: it is no mistake that it is the same. */
    public boolean isReplayed() {
        return replayed;
    }

    public synchronized List<String> getJobs() {
        return List.copyOf(jobs);
    }

    public synchronized Outcome getOutcome() {
        return outcome;
    }

    /** The outcome for people. */
    public String getOutcomeText() {
        return switch (getOutcome()) {
            case WAITING -> Messages.Delivery_waiting();
            case STARTED -> Messages.Delivery_started();
            case NOTHING -> Messages.Delivery_nothing();
            case REFUSED -> Messages.Delivery_refused();
        };
    }

    public synchronized String getReason() {
        return reason;
    }
}
