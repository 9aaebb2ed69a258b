package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.kohsuke.stapler.DataBoundConstructor;

/** A token for the webhook. Jenkins stores only its hash. */
public final class WebhookToken extends AbstractDescribableImpl<WebhookToken> {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LENGTH = 32;
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    private final String name;
    private final String hash;

    /**
     * @param name shown to administrators
     * @param hash SHA-256 of the token, in lower-case hexadecimal digits
     * @throws IllegalArgumentException in one line, if the hash is not valid
     */
    @DataBoundConstructor
    public WebhookToken(String name, String hash) {
        this.name = Util.fixNull(Util.fixEmptyAndTrim(name), "unnamed");
        this.hash = Util.fixNull(hash).trim();
        if (!HASH.matcher(this.hash).matches()) {
            throw new IllegalArgumentException(
                    "the hash of a webhook token must be its SHA-256 in 64 lowercase hexadecimal digits");
        }
    }

    /** A new random token of 256 bits. */
    static String random() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    static String hashOf(String token) {
        return Digest.sha256(token.getBytes(StandardCharsets.UTF_8)).hex();
    }

    public String getName() {
        return name;
    }

    public String getHash() {
        return hash;
    }

    /** Compares in constant time. */
    boolean hasHash(String other) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
    }

    /** Form of one token. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<WebhookToken> {
        @Override
        public String getDisplayName() {
            return Messages.WebhookToken_displayName();
        }
    }
}
