package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.Response.Delivery;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong with a request; once, unless {@link #times} or {@link #always} says otherwise.
 *
 * <p>{@link #status}, {@link #closeConnection} and {@link #hang} stand in the way: the request has no effect.
 * With all others the server does what it was asked, and then something happens to the answer.
 */
public final class Fault {

    private final Around around;
    private final int times;

    private Fault(Around around, int times) {
        this.around = around;
        this.times = times;
    }

    /** Answers with this status and no body; {@link #header} and {@link #body} add to it. */
    public static Fault status(int status) {
        return new Fault(handling -> Response.of(status), 1);
    }

    /** Waits, then handles the request as usual. */
    public static Fault delay(Duration duration) {
        return new Fault(
                handling -> {
                    HttpTestServer.pause(duration);
                    return handling.proceed();
                },
                1);
    }

    /** Closes the connection without an answer. */
    public static Fault closeConnection() {
        return new Fault(handling -> Response.of(0).delivery(Delivery.CLOSE_BEFORE), 1);
    }

    /** Says nothing until the client gives up or the server is closed. */
    public static Fault hang() {
        return new Fault(handling -> Response.of(0).delivery(Delivery.HANG_BEFORE), 1);
    }

    /** Does what was asked, then closes the connection without an answer. */
    public static Fault loseAnswer() {
        return after(answer -> answer.delivery(Delivery.CLOSE_BEFORE));
    }

    /** Sends the headers and half of the body, then closes the connection. */
    public static Fault closeMidBody() {
        return after(answer -> answer.delivery(Delivery.CLOSE_MID_BODY));
    }

    /** Sends the headers and half of the body, then nothing more. */
    public static Fault hangMidBody() {
        return after(answer -> answer.delivery(Delivery.HANG_MID_BODY));
    }

    /** Sends the headers, and the body byte by byte, far too slowly for it ever to end. */
    public static Fault drip() {
        return after(answer -> answer.delivery(Delivery.DRIP));
    }

    /** Sends the headers, and then a body until the client has enough of it. */
    public static Fault endlessBody() {
        return after(answer -> answer.delivery(Delivery.ENDLESS));
    }

    /** Sends the first bytes of the body as if they were all of it, with the matching {@code Content-Length}. */
    public static Fault truncateBody(int bytes) {
        return after(answer -> {
            byte[] whole = answer.body().bytes();
            return answer.body(Content.of(Arrays.copyOf(whole, Math.min(bytes, whole.length))));
        });
    }

    public static Fault replaceBody(byte[] body) {
        return after(answer -> answer.body(Content.of(body)));
    }

    public static Fault replaceBody(String body) {
        return after(answer -> answer.body(Content.of(body)));
    }

    public static Fault replaceHeader(String name, String value) {
        return after(answer -> answer.with(name, value));
    }

    public static Fault removeHeader(String name) {
        return after(answer -> answer.without(name));
    }

    /** This fault with a header in its answer. */
    public Fault header(String name, String value) {
        return then(answer -> answer.with(name, value));
    }

    /** This fault with a body in its answer. */
    public Fault body(String body) {
        return then(answer -> answer.body(Content.of(body)));
    }

    public Fault times(int changed) {
        return new Fault(around, changed);
    }

    public Fault always() {
        return times(Integer.MAX_VALUE);
    }

    int times() {
        return times;
    }

    Response apply(Handling handling) throws IOException {
        return around.apply(handling);
    }

    private static Fault after(UnaryOperator<Response> change) {
        return new Fault(handling -> change.apply(handling.proceed()), 1);
    }

    private Fault then(UnaryOperator<Response> change) {
        return new Fault(handling -> change.apply(around.apply(handling)), times);
    }

    /** The server's own way to answer the request at hand. */
    @FunctionalInterface
    interface Handling {
        Response proceed() throws IOException;
    }

    @FunctionalInterface
    private interface Around {
        Response apply(Handling handling) throws IOException;
    }
}
