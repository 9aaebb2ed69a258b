package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;

/**
 * A failed call to a registry, its token service or Docker Hub. The message is one line for the Pipeline author: what
 * was tried, on which host and image, why it failed, and what to do. It never contains a secret.
 */
public class RegistryException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Those of HTTP, 499 of nginx, and 520 to 530 of Cloudflare. */
    static final Set<Integer> TEMPORARY =
            Set.of(408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530);

    private static final String SETTINGS = "Manage Jenkins » System » Docker Image Promotion";

    /**
     * How registries describe an immutable tag; there is no error code for it. Nexus and Artifactory use the other
     * texts.
     */
    private static final Pattern IMMUTABLE = Pattern.compile(
            "immutab|DISALLOWED_OPERATION|operation is disallowed|does not allow updating assets|cannot be overwritten|overwrit\\w+ (?:is )?not allowed",
            Pattern.CASE_INSENSITIVE);

    private final int status;
    private final ArrayList<String> codes;
    private final boolean temporary;

    /** A failure without an answer, or with an invalid one: status 0, no codes, not temporary. */
    public RegistryException(String message) {
        this(message, Reason.NONE);
    }

    /**
     * Has no cause, because the controller rejects unknown classes from an agent. The message must therefore say
     * everything.
     *
     * @param message one line, without secrets
     * @param reason the details of the answer
     */
    public RegistryException(String message, Reason reason) {
        super(message);
        this.status = reason.status();
        this.codes = new ArrayList<>(reason.codes());
        this.temporary = reason.temporary();
    }

    /**
     * Details of a failure.
     *
     * @param status the HTTP status, 0 without an answer
     * @param codes the registry's error codes (OCI distribution specification, "Error Codes"), or none
     * @param temporary whether the same call may succeed later
     */
    public record Reason(int status, List<String> codes, boolean temporary) {
        static final Reason NONE = new Reason(0, List.of(), false);
    }

    /** The HTTP status of the answer, 0 if there was none. */
    public int status() {
        return status;
    }

    /** The registry's own error codes, such as {@code MANIFEST_UNKNOWN}. */
    public List<String> codes() {
        return List.copyOf(codes);
    }

    /**
     * Whether the registry refuses this request, but not necessarily others (status 403): registries block single images
     * that are in quarantine or did not pass a scan.
     */
    public boolean isRefusal() {
        return status == 403;
    }

    /** Whether the same call may succeed later without any change. */
    public boolean isTemporary() {
        return temporary;
    }

    /**
     * A refusal by a server.
     *
     * @param asked how long the server asks to wait
     */
    static RegistryException of(Answer answer, Optional<Duration> asked) {
        int status = answer.status();
        RegistryRequest request = answer.request();
        List<String> codes = new ArrayList<>();
        String said = answer.fitForLog(said(answer, codes));
        Reason reason = new Reason(status, codes, TEMPORARY.contains(status));
        String what = "it answered " + status + (said.isEmpty() ? "" : " (" + said + ")");
        boolean refusesWrite = status >= 400 && status < 500 && status != 404 && !request.isReading();
        if (refusesWrite && IMMUTABLE.matcher(said).find()) {
            return new RegistryException(
                    request.failureText(what + "; the tag is immutable in this registry: use a new tag, or ask a"
                            + " repository admin to change the setting"),
                    reason);
        }
        return switch (status) {
            case 401, 403 ->
                new UnauthorizedException(
                        request.failureText(what), answer.authorizer().advice(), reason);
            case 404 ->
                new NotFoundException(
                        request.failureText(
                                what + "; check that it exists" + " (private images look missing without permission)"),
                        reason);
            case 407 -> tunnelRefused(request, status);
            case 413 -> new RegistryException(request.failureText(what + ": too large for this registry"), reason);
            case 429 ->
                new RegistryException(
                        request.failureText(what + "; too many requests"
                                + asked.map(a -> ", the next is allowed in " + a.toSeconds() + " s")
                                        .orElse("")),
                        reason);
            default -> new RegistryException(request.failureText(what), reason);
        };
    }

    /** The proxy refused to open a tunnel for a request. */
    static RegistryException tunnelRefused(RegistryRequest request, int status) {
        Reason reason = new Reason(status == 407 ? 407 : 0, List.of(), TEMPORARY.contains(status));
        return new RegistryException(
                request.failureText(
                        status == 407
                                ? "the proxy requires other credentials; check Jenkins' proxy configuration"
                                : "the proxy answered " + status
                                        + "; check Jenkins' proxy configuration and the hosts that it allows"),
                reason);
    }

    /** The server's message, prepared for one line of the log. */
    private static String said(Answer answer, List<String> codes) {
        List<String> parts = new ArrayList<>();
        try {
            Json body = answer.json();
            for (Json error : body.field("errors").items()) {
                String code = error.text("code");
                if (!code.isEmpty()) {
                    codes.add(code.toUpperCase(Locale.ROOT));
                }
                String message = error.text("message");
                // Nexus has the reason there; in most registries it is an object that repeats the request.
                String detail = error.text("detail");
                parts.add(
                        Stream.of(code, message).filter(text -> !text.isEmpty()).collect(Collectors.joining(": "))
                                + (detail.isEmpty() || detail.equals(message) ? "" : ", " + detail));
            }
            // Docker Hub's API and its token service have their own formats, and so has OAuth 2.
            for (String field : List.of("detail", "details", "message", "error_description", "error")) {
                if (parts.isEmpty() && !body.text(field).isEmpty()) {
                    parts.add(body.text(field));
                }
            }
        } catch (IOException e) {
            // There is only an error page, so the status must be enough.
        }
        return String.join(", ", parts);
    }

    /** A broken connection. */
    static RegistryException of(RegistryRequest request, Authorizer authorizer, IOException broken) {
        boolean trustMatter = isRefusedHandshake(broken) || isPlainAnswer(broken);
        return new RegistryException(
                request.failureText(why(broken, authorizer)), new Reason(0, List.of(), !trustMatter));
    }

    private static String why(IOException broken, Authorizer authorizer) {
        if (broken instanceof ConnectTimeoutException) {
            return "the connection timed out; check the host, the port and the proxy";
        }
        if (broken instanceof SocketTimeoutException) {
            return String.valueOf(broken.getMessage());
        }
        if (broken instanceof UnknownHostException) {
            return "the host name cannot be resolved; check the host and the proxy";
        }
        if (broken instanceof ConnectException) {
            return "the connection was refused; check the host, the port and the proxy";
        }
        if (isPlainAnswer(broken)) {
            return "it does not support TLS; to use plain http, an administrator can set its http:// address in "
                    + SETTINGS;
        }
        if (broken instanceof SSLException && !isBrokenHandshake(broken)) {
            return "its TLS certificate or protocol is not accepted (" + Answer.fitForLog(text(broken), authorizer)
                    + ")"
                    + (hasCause(broken, CertPathBuilderException.class)
                            ? "; an administrator can set its certificate authority in " + SETTINGS
                            : "");
        }
        return "the connection broke (" + Answer.fitForLog(text(broken), authorizer) + ")";
    }

    private static boolean isRefusedHandshake(IOException broken) {
        return broken instanceof SSLHandshakeException && !isBrokenHandshake(broken);
    }

    /** A connection that breaks during a handshake says nothing about certificates. */
    private static boolean isBrokenHandshake(IOException broken) {
        return hasCause(broken, EOFException.class)
                || hasCause(broken, SocketException.class)
                || (broken instanceof SSLException && text(broken).contains("terminated the handshake"));
    }

    private static String text(IOException broken) {
        return broken.getMessage() == null ? broken.getClass().getSimpleName() : broken.getMessage();
    }

    /** The JDK has no exception type for this, only messages. */
    private static boolean isPlainAnswer(IOException broken) {
        return broken instanceof SSLException && text(broken).matches("(?i).*unrecognized SSL message.*");
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    /** The registry has no such repository, manifest, blob or tag (status 404). */
    public static class NotFoundException extends RegistryException {

        private static final long serialVersionUID = 1L;

        public NotFoundException(String message, Reason reason) {
            super(message, reason);
        }
    }

    /** The credentials are missing, wrong or insufficient (status 401 or 403), or were not sent. */
    public static class UnauthorizedException extends RegistryException {

        private static final long serialVersionUID = 1L;

        private final String refusal;

        public UnauthorizedException(String message, Reason reason) {
            super(message, reason);
            this.refusal = message;
        }

        /** @param advice what to check if the credentials are the cause */
        UnauthorizedException(String refusal, String advice, Reason reason) {
            super(refusal + "; " + advice, reason);
            this.refusal = refusal;
        }

        /** The message without advice about credentials, for a caller that knows that they are valid. */
        public String refusal() {
            return refusal;
        }
    }
}
