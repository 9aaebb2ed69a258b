package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A failed call to a registry, its token service or Docker Hub. The message is one line for the Pipeline author: what
 * was tried, on which host and image, why it failed, and what to do. It never contains a secret.
 */
public class RegistryException extends IOException {

    private static final long serialVersionUID = 1L;

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

    /** The registry has no such repository, manifest, blob or tag (status 404). */
    public static class NotFoundException extends RegistryException {

        private static final long serialVersionUID = 1L;

        public NotFoundException(String message, Reason reason) {
            super(message, reason);
        }
    }

    /** The registry asks to wait (status 429) longer than allowed. */
    public static class RateLimitedException extends RegistryException {

        private static final long serialVersionUID = 1L;

        public RateLimitedException(String message, Reason reason) {
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
