package io.jenkins.plugins.dockerpromotion.credentials;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import hudson.AbortException;
import hudson.model.Run;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Public keys to verify signatures with, which may be kept as credentials: they are no secret, but who may change them matters. */
public final class PublicKeys {

    private static final int MAX_BYTES = 64 * 1024;

    private PublicKeys() {}

    /**
     * The keys in PEM form; the use of credentials is recorded.
     *
     * @param keyOrId PEM text, or the id of a secret text or a secret file with such a text
     * @throws AbortException in one line, if the build may not use the credentials, or if they are of another kind
     */
    public static String find(Run<?, ?> run, String keyOrId) throws AbortException {
        if (keyOrId == null || keyOrId.isBlank()) {
            throw new IllegalArgumentException("a public key is empty: give its PEM text, or the id of credentials");
        }
        if (keyOrId.contains("-----BEGIN")) {
            return keyOrId;
        }
        String id = keyOrId.trim();
        StandardCredentials credentials =
                CredentialsProvider.findCredentialById(id, StandardCredentials.class, run, List.of());
        if (credentials == null) {
            throw failure(
                    id,
                    "there are none with this id that " + run.getParent().getFullDisplayName()
                            + " may use; create them as a secret text or a secret file with the key in PEM form");
        }
        CredentialsProvider.track(run, credentials);
        if (credentials instanceof StringCredentials text) {
            return text.getSecret().getPlainText();
        }
        if (credentials instanceof FileCredentials file) {
            try (InputStream content = file.getContent()) {
                return new String(content.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw failure(id, "the file cannot be read: " + e.getMessage());
            }
        }
        throw failure(
                id,
                "they are of the kind '" + credentials.getDescriptor().getDisplayName()
                        + "'; use a secret text or a secret file");
    }

    private static AbortException failure(String id, String why) {
        return new AbortException("Cannot use the credentials '" + id + "' as a public key: " + why);
    }
}
