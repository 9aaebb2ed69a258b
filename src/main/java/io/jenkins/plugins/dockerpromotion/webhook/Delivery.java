package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Util;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A notification received by the webhook, with its pushes and the state of their builds. Stored in one file. */
public final class Delivery {

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("docker-delivery", Delivery.class);
        XSTREAM.alias("push", Push.class);
        XSTREAM.alias("build", Push.Build.class);
    }

    /** The outcome of a delivery. */
    public enum Outcome {
        WAITING,
        STARTED,
        NOTHING,
        REFUSED
    }

    private String id = UUID.randomUUID().toString();
    private long received = System.currentTimeMillis();
    private String token;
    private String source;
    private boolean replayed;
    private List<Push> pushes;
    private String refusal;

    private Delivery(String token, String source, List<Push> pushes, boolean replayed, String refusal) {
        this.token = token;
        this.source = source;
        this.pushes = new ArrayList<>(pushes);
        this.replayed = replayed;
        this.refusal = refusal;
    }

    static Delivery of(WebhookToken token, Payload payload) {
        List<Push> pushes = payload.events().stream().map(Push::new).toList();
        return new Delivery(token.getName(), payload.source(), pushes, false, "");
    }

    static Delivery refused(WebhookToken token, String reason) {
        return new Delivery(token.getName(), "", List.of(), false, reason);
    }

    /** Creates a redelivery for an administrator. */
    Delivery again() {
        List<Push> fresh = pushes.stream().map(Push::event).map(Push::new).toList();
        return new Delivery(token, source, fresh, true, "");
    }

    /** @throws RuntimeException if {@code xml} is not a delivery */
    static Delivery ofXml(String xml) {
        return (Delivery) XSTREAM.fromXML(xml);
    }

    String toXml() {
        return XSTREAM.toXML(this);
    }

    /** Fills in fields that are missing in a file. */
    private Object readResolve() {
        token = Util.fixNull(token);
        source = Util.fixNull(source);
        refusal = Util.fixNull(refusal);
        pushes = new ArrayList<>(Util.fixNull(pushes));
        return this;
    }

    public String getId() {
        return id;
    }

    public Date getReceived() {
        return new Date(received);
    }

    /** The name of the token that it used. */
    public String getToken() {
        return token;
    }

    public String getSource() {
        return source;
    }

    /** Whether it is a redelivery, so that the same push starts its builds again. */
    boolean isReplayed() {
        return replayed;
    }

    public List<Push> getPushes() {
        return List.copyOf(pushes);
    }

    Optional<Push> push(String pushId) {
        return pushes.stream().filter(push -> push.getId().equals(pushId)).findFirst();
    }

    /** The names of the jobs that it started. */
    public List<String> getJobs() {
        return pushes.stream().flatMap(push -> push.jobs().stream()).toList();
    }

    /** Whether the builds of a push are not in the queue yet. */
    boolean isWaiting() {
        return pushes.stream().anyMatch(push -> !push.isScheduled());
    }

    public Outcome getOutcome() {
        if (!refusal.isEmpty()) {
            return Outcome.REFUSED;
        }
        if (isWaiting()) {
            return Outcome.WAITING;
        }
        return pushes.stream().allMatch(push -> push.jobs().isEmpty()) ? Outcome.NOTHING : Outcome.STARTED;
    }

    /** The outcome in words. */
    public String getOutcomeText() {
        return switch (getOutcome()) {
            case WAITING -> Messages.Delivery_waiting();
            case STARTED -> Messages.Delivery_started();
            case NOTHING -> Messages.Delivery_nothing();
            case REFUSED -> Messages.Delivery_refused();
        };
    }

    /** Why it was refused, or why jobs were not started. */
    public String getReason() {
        List<String> reasons = pushes.stream()
                .map(Push::reason)
                .filter(reason -> !reason.isEmpty())
                .toList();
        return refusal.isEmpty() ? String.join("; ", reasons) : refusal;
    }
}
