package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.Serializable;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * What a client shows to a registry or its token service. Values are checked when they are made, so that nothing
 * which could break out of an HTTP header is ever sent; texts of these types never hold the secret.
 */
public sealed interface RegistryAuthentication extends Serializable {

    /** No credential: what a public image needs. */
    RegistryAuthentication ANONYMOUS = new Anonymous();

    /** Every form in which a server could repeat the secret in what it says: plain, in a URL, as it was sent. */
    List<String> secrets();

    /** No credential at all. */
    record Anonymous() implements RegistryAuthentication {
        @Override
        public List<String> secrets() {
            return List.of();
        }
    }

    /**
     * A user name and a password or access token, shown as {@code Basic} (RFC 7617).
     *
     * @param username without colon and control characters
     * @param password without control characters
     */
    record Basic(String username, String password) implements RegistryAuthentication {
        public Basic {
            requireHeaderSafe(username, "user name");
            requireHeaderSafe(password, "password");
            if (username.indexOf(':') >= 0) {
                throw new IllegalArgumentException("a user name with a colon cannot be sent to a registry");
            }
        }

        /** The value of an {@code Authorization} header. */
        String header() {
            return "Basic " + encoded();
        }

        /** User name and password as one text, as this header and Docker's configuration hold them. */
        public String encoded() {
            String pair = username + ':' + password;
            return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        }

        private static void requireHeaderSafe(String value, String what) {
            Objects.requireNonNull(value, what);
            if (value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "the " + what + " holds a line break or another control character;"
                                + " a key file goes there in base64, in one line (Google's user name for it: _json_key_base64)");
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
     * An access token that the registry takes as it is, shown as {@code Bearer} (RFC 6750).
     *
     * @param token visible ASCII characters only
     */
    record Bearer(String token) implements RegistryAuthentication {
        public Bearer {
            Objects.requireNonNull(token, "token");
            if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new IllegalArgumentException("an access token is one word of visible ASCII characters");
            }
        }

        @Override
        public List<String> secrets() {
            return List.of(token, URLEncoder.encode(token, StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return "Bearer[****]";
        }
    }
}
