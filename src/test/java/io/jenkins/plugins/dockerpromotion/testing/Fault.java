package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.Response.Delivery;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A fault of a request; once, unless {@link #times} or {@link #always} is used.
 *
 * <p>With {@link #status}, {@link #closeConnection} and {@link #hang}, the request has no effect. With all others, the
 * server handles the request, and the answer is changed.
 */
public final class Fault {

    private final Around around;
    private final int times;

    private Fault(Around around, int times) {
        this.around = around;
        this.times = times;
    }

    /** Answers with this status and without a body; use {@link #header} and {@link #body} to add them. */
    public static Fault status(int status) {
        return new Fault(handling -> Response.of(status), 1);
    }

    /** Answers with an error as the distribution specification describes it. */
    public static Fault error(int status, String code, String message) {
        return new Fault(handling -> Response.error(status, code, message), 1);
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

    /** Does not answer until the client gives up or the server is closed. */
    public static Fault hang() {
        return new Fault(handling -> Response.of(0).delivery(Delivery.HANG_BEFORE), 1);
    }

    /** Handles the request, then closes the connection without an answer. */
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

    /** Sends the headers, and then the body byte by byte, too slowly to end. */
    public static Fault drip() {
        return after(answer -> answer.delivery(Delivery.DRIP));
    }

    /** Sends the headers, and then an endless body. */
    public static Fault endlessBody() {
        return after(answer -> answer.delivery(Delivery.ENDLESS));
    }

    /** Sends only the first bytes of the body, with the matching {@code Content-Length}. */
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

    /** Changes a header that the answer has. */
    public static Fault changeHeader(String name, UnaryOperator<String> change) {
        return after(answer -> answer.headers().containsKey(name)
                ? answer.with(name, change.apply(answer.headers().get(name).get(0)))
                : answer);
    }

    public static Fault removeHeader(String name) {
        return after(answer -> answer.without(name));
    }

    /** The same with a header in the answer. */
    public Fault header(String name, String value) {
        return then(answer -> answer.with(name, value));
    }

    /** The same with a body in the answer. */
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

    /** The regular answer of the server. */
    @FunctionalInterface
    interface Handling {
        Response proceed() throws IOException;
    }

    @FunctionalInterface
    private interface Around {
        Response apply(Handling handling) throws IOException;
    }
}
