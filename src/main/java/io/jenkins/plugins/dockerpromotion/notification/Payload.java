package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * The body of a notification, read.
 *
 * @param source who sends such ones, for people
 * @param events the pushes it tells of; none if it tells of something else
 */
public record Payload(String source, List<PushEvent> events) {

    /** Longest body that is read, in bytes. */
    public static final int MAX_BYTES = 1024 * 1024;

    private static final String FORM_FIELD = "payload=";
    private static final List<PayloadParser> PARSERS = List.of(
            new DockerHubParser(), new DistributionParser(), new HarborParser(), new GitHubParser(), new QuayParser());

    public Payload {
        events = List.copyOf(events);
    }

    /**
     * Reads a body.
     *
     * @param contentType as in the header, or empty
     * @throws PayloadException if it is no notification that is known here
     */
    public static Payload parse(byte[] body, String contentType) throws PayloadException {
        if (body.length > MAX_BYTES) {
            throw new PayloadException("the body is longer than " + MAX_BYTES + " bytes");
        }
        JsonValue json = Json.parse(isForm(body, contentType) ? field(body) : body)
                .filter(JsonValue::isObject)
                .orElseThrow(() -> new PayloadException("the body is not one JSON object of usual size and depth"));
        for (PayloadParser parser : PARSERS) {
            if (parser.understands(json)) {
                return new Payload(parser.source(), parser.events(json));
            }
        }
        throw new PayloadException("the body is no notification of Docker Hub, the CNCF registry, GitLab, Harbor,"
                + " the GitHub container registry or Quay");
    }

    /** Some senders put a form's type on JSON; a form itself has a field, as GitHub's webhooks do. */
    private static boolean isForm(byte[] body, String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")
                && new String(body, 0, Math.min(body.length, FORM_FIELD.length()), StandardCharsets.US_ASCII)
                        .equals(FORM_FIELD);
    }

    private static byte[] field(byte[] body) throws PayloadException {
        String form = new String(body, StandardCharsets.US_ASCII).substring(FORM_FIELD.length());
        int end = form.indexOf('&');
        try {
            return URLDecoder.decode(end < 0 ? form : form.substring(0, end), StandardCharsets.UTF_8)
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new PayloadException("the form's field 'payload' is not encoded as forms are");
        }
    }
}
