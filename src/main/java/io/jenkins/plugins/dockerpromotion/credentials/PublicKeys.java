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

/**
 * Public keys for verification. They may be stored as credentials: not to keep them secret, but to control who can
 * change them.
 */
public final class PublicKeys {

    private static final int MAX_BYTES = 64 * 1024;

    private PublicKeys() {}

    /**
     * The keys in PEM format; records the use of credentials.
     *
     * @param keyOrId PEM text, or the id of a secret text or secret file that contains it
     * @throws AbortException in one line, if the build may not use the credentials, or if their type is not supported
     */
    public static String find(Run<?, ?> run, String keyOrId) throws AbortException {
        if (keyOrId == null || keyOrId.isBlank()) {
            throw new IllegalArgumentException("a public key is empty: set its PEM text, or the id of credentials");
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
                            + " may use; create them as a secret text or a secret file with the key in PEM format");
        }
        CredentialsProvider.track(run, credentials);
        if (credentials instanceof StringCredentials text) {
            return text.getSecret().getPlainText();
        }
        if (credentials instanceof FileCredentials file) {
            try (InputStream content = file.getContent()) {
                return new String(content.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw failure(id, "cannot read the file: " + e.getMessage());
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
