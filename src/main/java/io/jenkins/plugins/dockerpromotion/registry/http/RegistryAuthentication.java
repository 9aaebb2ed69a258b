package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The credentials for a registry or its token service. Values are validated when they are created, so that nothing can
 * break out of an HTTP header. {@code toString} never contains the secret.
 */
public sealed interface RegistryAuthentication extends Serializable {

    /** No credentials, for public images. */
    RegistryAuthentication ANONYMOUS = new Anonymous();

    /** Every form in which a server could repeat the secret: plain, URL-encoded, or as it was sent. */
    List<String> secrets();

    /** The value of an {@code Authorization} header, if there is one. */
    Optional<String> header();

    /** No credentials. */
    record Anonymous() implements RegistryAuthentication {
        @Override
        public List<String> secrets() {
            return List.of();
        }

        @Override
        public Optional<String> header() {
            return Optional.empty();
        }
    }

    /**
     * A username and a password or access token, sent as {@code Basic} (RFC 7617).
     *
     * @param username without colon and control characters
     * @param password without control characters
     */
    record Basic(String username, String password) implements RegistryAuthentication {
        public Basic {
            requireHeaderSafe(username, "username");
            requireHeaderSafe(password, "password");
            if (username.indexOf(':') >= 0) {
                throw new IllegalArgumentException("a username must not contain a colon");
            }
        }

        @Override
        public Optional<String> header() {
            return Optional.of("Basic " + encoded());
        }

        /** Username and password as one encoded string, as in this header and in Docker's configuration. */
        public String encoded() {
            String pair = username + ':' + password;
            return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }

        private static void requireHeaderSafe(String value, String what) {
            Objects.requireNonNull(value, what);
            if (value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "the " + what + " contains a line break or another control character; encode a key"
                                + " file as base64 in one line (Google's username for it is _json_key_base64)");
            }
        }

        @Override
        public List<String> secrets() {
            return password.isEmpty()
                    ? List.of(encoded())
                    : List.of(password, URLEncoder.encode(password, StandardCharsets.UTF_8), encoded());
        }

        @Override
        public String toString() {
            return "Basic[" + username + ", ****]";
        }
    }

    /**
     * An access token that the registry accepts directly, sent as {@code Bearer} (RFC 6750).
     *
     * @param token only visible ASCII characters
     */
    record Bearer(String token) implements RegistryAuthentication {
        public Bearer {
            Objects.requireNonNull(token, "token");
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("an access token must be one word of visible ASCII characters");
            }
        }

        @Override
        public List<String> secrets() {
            return List.of(token, URLEncoder.encode(token, StandardCharsets.UTF_8));
        }

        @Override
        public Optional<String> header() {
            return Optional.of("Bearer " + token);
        }

        @Override
        public String toString() {
            return "Bearer[****]";
        }
    }
}
