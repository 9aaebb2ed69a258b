package io.jenkins.plugins.dockerpromotion.registry.http;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/** Turns refusals and broken connections into one line each for the author of a Jenkinsfile. */
final class Failures {

    private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429, 500, 502, 503, 504);

    private static final String TUNNEL_PROPERTY = "jdk.http.auth.tunneling.disabledSchemes";

    private static final String SETTINGS = "Manage Jenkins » System » Docker Image Promotion";

    /** What the JDK says of a proxy that does not connect to the host; the status is all it keeps of the answer. */
    private static final Pattern TUNNEL_FAILED = Pattern.compile("Tunnel failed, got: (\\d{3})");

    private Failures() {}

    /** @param asked the time the server asks to wait */
    static RegistryException of(HttpCall call, Answer answer, Optional<Duration> asked) {
        int status = answer.status();
        List<String> codes = new ArrayList<>();
        String said = call.fitForLog(said(answer, codes));
        Reason reason = new Reason(status, codes, TEMPORARY.contains(status));
        String what = "it answered " + status + (said.isEmpty() ? "" : " (" + said + ")");
        return switch (status) {
            case 401, 403 ->
                new UnauthorizedException(
                        call.failureText(what + "; " + call.authorizer().advice()), reason);
            case 404 ->
                new NotFoundException(
                        call.failureText(what + "; check that it exists"
                                + " (what is private looks absent to those who may not see it)"),
                        reason);
            case 407 -> new RegistryException(call.failureText(proxyRefusal(answer)), reason, null);
            case 413 -> new RegistryException(call.failureText(what + ": too large for this registry"), reason, null);
            case 429 ->
                new RateLimitedException(
                        call.failureText(what + "; too many requests"
                                + asked.map(a -> ", the next is allowed in " + a.toSeconds() + " s")
                                        .orElse("")),
                        reason);
            default -> new RegistryException(call.failureText(what), reason, null);
        };
    }

    /** The JDK keeps user names and passwords from tunnels, which https needs, unless it is told otherwise at its start. */
    private static String proxyRefusal(Answer answer) {
        boolean basicAlone = answer.headers("Proxy-Authenticate").stream().allMatch(h -> h.matches("(?i)basic\\b.*"));
        boolean kept = basicAlone && answer.uri().getScheme().equals("https") && isBasicKeptFromTunnels();
        return "the proxy wants other credentials; "
                + (kept
                        ? "the agent's Java sends none for https unless it is started with -D" + TUNNEL_PROPERTY + "="
                        : "check Jenkins' proxy configuration");
    }

    private static boolean isBasicKeptFromTunnels() {
        return System.getProperty(TUNNEL_PROPERTY, "Basic")
                .toLowerCase(Locale.ROOT)
                .contains("basic");
    }

    /** The server's own words, made fit for one line of a log. */
    private static String said(Answer answer, List<String> codes) {
        List<String> parts = new ArrayList<>();
        try {
            JsonValue body = answer.json();
            for (JsonValue error : body.field("errors").items()) {
                codes.add(error.text("code"));
                String message = error.text("message");
                parts.add(error.text("code") + (message.isEmpty() ? "" : ": " + message));
            }
            // Docker Hub's API has a form of its own.
            for (String field : List.of("detail", "message")) {
                if (parts.isEmpty() && !body.text(field).isEmpty()) {
                    parts.add(body.text(field));
                }
            }
        } catch (IOException e) {
            // An error page instead of an error: the status has to do.
        }
        return String.join(", ", parts);
    }

    static RegistryException of(HttpCall call, IOException broken) {
        boolean trustMatter = isRefusedHandshake(broken) || isPlainAnswer(broken);
        boolean forbidden =
                tunnelStatus(broken).filter(s -> !TEMPORARY.contains(s)).isPresent();
        Reason reason = new Reason(0, List.of(), !trustMatter && !forbidden);
        return new RegistryException(call.failureText(why(call, broken)), reason, broken);
    }

    private static String why(HttpCall call, IOException broken) {
        if (broken instanceof HttpConnectTimeoutException) {
            return "no connection in time; check the host, the port and the proxy";
        }
        if (broken instanceof HttpTimeoutException) {
            return String.valueOf(broken.getMessage());
        }
        if (broken instanceof UnknownHostException || hasCause(broken, UnresolvedAddressException.class)) {
            return "the host's name cannot be resolved; check the host and the proxy";
        }
        if (broken instanceof ConnectException) {
            return "the connection was refused; check the host, the port and the proxy";
        }
        if (isPlainAnswer(broken)) {
            return "it does not speak TLS; if it is to be reached by plain http, an administrator gives its http:// address in "
                    + SETTINGS;
        }
        if (broken instanceof SSLException && !isBrokenHandshake(broken)) {
            return "its TLS certificate or protocol is not accepted (" + call.fitForLog(text(broken)) + ")"
                    + (hasCause(broken, CertPathBuilderException.class)
                            ? "; an administrator gives the certificate of its authority in " + SETTINGS
                            : "");
        }
        Optional<Integer> tunnel = tunnelStatus(broken);
        if (tunnel.isPresent()) {
            return "the proxy answered " + tunnel.get()
                    + "; check Jenkins' proxy configuration and what the proxy lets pass";
        }
        return "the connection broke (" + call.fitForLog(text(broken)) + ")";
    }

    private static Optional<Integer> tunnelStatus(IOException broken) {
        return Optional.of(TUNNEL_FAILED.matcher(text(broken)))
                .filter(Matcher::find)
                .map(found -> Integer.valueOf(found.group(1)));
    }

    private static boolean isRefusedHandshake(IOException broken) {
        return broken instanceof SSLHandshakeException && !isBrokenHandshake(broken);
    }

    /** A line that breaks in a handshake says nothing about certificates. */
    private static boolean isBrokenHandshake(IOException broken) {
        return hasCause(broken, EOFException.class)
                || hasCause(broken, SocketException.class)
                || (broken instanceof SSLException && text(broken).contains("terminated the handshake"));
    }

    private static String text(IOException broken) {
        return broken.getMessage() == null ? broken.getClass().getSimpleName() : broken.getMessage();
    }

    /** The JDK has no type for it, only texts. */
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
