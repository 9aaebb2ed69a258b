package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.Response.Delivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * A fault that is injected into a request: once, unless {@link #times} or {@link #always} is used.
 *
 * <p>With {@link #status}, {@link #error}, {@link #closeConnection} and {@link #hang}, the request has no effect. With
 * all others, the server handles the request, and the fault changes the response.
 */
public final class Fault {

    private final Around around;
    private final int times;

    private Fault(Around around, int times) {
        this.around = around;
        this.times = times;
    }

    /** Responds with this status and an empty body; {@link #header} and {@link #body} add to it. */
    public static Fault status(int status) {
        return new Fault(handling -> Response.of(status), 1);
    }

    /** Responds with an error in the format of the OCI distribution specification. */
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

    /** Closes the connection without a response. */
    public static Fault closeConnection() {
        return new Fault(handling -> Response.of(0).delivery(Delivery.CLOSE_BEFORE), 1);
    }

    /** Sends no response until the client gives up or the server is closed. */
    public static Fault hang() {
        return new Fault(handling -> Response.of(0).delivery(Delivery.HANG_BEFORE), 1);
    }

    /** Handles the request, then closes the connection without a response. */
    public static Fault loseAnswer() {
        return after(answer -> answer.delivery(Delivery.CLOSE_BEFORE));
    }

    /** Sends the headers and half of the body, then closes the connection. */
    public static Fault closeMidBody() {
        return after(answer -> answer.delivery(Delivery.CLOSE_MID_BODY));
    }

    /** Sends the headers and half of the body, then stalls. */
    public static Fault hangMidBody() {
        return after(answer -> answer.delivery(Delivery.HANG_MID_BODY));
    }

    /** Sends the headers, then one byte every 20 ms without end. */
    public static Fault drip() {
        return after(answer -> answer.delivery(Delivery.DRIP));
    }

    /** Sends the headers, then an endless body. */
    public static Fault endlessBody() {
        return after(answer -> answer.delivery(Delivery.ENDLESS));
    }

    /** Truncates the body; {@code Content-Length} matches what is left. */
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

    /** Changes a text. */
    public static Fault changeBody(UnaryOperator<String> change) {
        return after(answer ->
                answer.body(Content.of(change.apply(new String(answer.body().bytes(), StandardCharsets.UTF_8)))));
    }

    public static Fault replaceHeader(String name, String value) {
        return after(answer -> answer.with(name, value));
    }

    /** Changes a header if the response has it. */
    public static Fault changeHeader(String name, UnaryOperator<String> change) {
        return after(answer -> answer.headers().containsKey(name)
                ? answer.with(name, change.apply(answer.headers().get(name).get(0)))
                : answer);
    }

    public static Fault removeHeader(String name) {
        return after(answer -> answer.without(name));
    }

    /** Adds a header to the response. */
    public Fault header(String name, String value) {
        return then(answer -> answer.with(name, value));
    }

    /** Sets the body of the response. */
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

    static Fault after(UnaryOperator<Response> change) {
        return new Fault(handling -> change.apply(handling.proceed()), 1);
    }

    private Fault then(UnaryOperator<Response> change) {
        return new Fault(handling -> change.apply(around.apply(handling)), times);
    }

    /** The server's regular handling of a request. */
    @FunctionalInterface
    interface Handling {
        Response proceed() throws IOException;
    }

    @FunctionalInterface
    private interface Around {
        Response apply(Handling handling) throws IOException;
    }
}
