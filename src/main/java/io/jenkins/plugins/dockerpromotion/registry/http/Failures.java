package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.RateLimitedException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.Reason;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
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

/** Turns refusals and broken connections into one-line messages for Pipeline authors. */
final class Failures {

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

    private Failures() {}

    /** @param asked how long the server asks to wait */
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
                new RateLimitedException(
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
}
