package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A digest: {@code sha256:<64 hex digits>} or {@code sha512:<128 hex digits>}, the registered algorithms of the OCI
 * image specification ("Descriptors: Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case hexadecimal digits
 */
public record Digest(String algorithm, String hex) implements Serializable {

    /** @throws IllegalArgumentException in one line, if this is not a valid digest */
    public Digest {
        if (!isDigest(algorithm, hex)) {
            throw noDigest(algorithm + ':' + hex);
        }
    }

    /**
     * Parses {@code algorithm:hex}.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not a digest
     */
    public static Digest parse(String text) {
        int colon = text == null ? -1 : text.indexOf(':');
        if (colon < 0) {
            throw noDigest(text);
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    private static IllegalArgumentException noDigest(String text) {
        return new IllegalArgumentException(LogText.quote(text)
                + " is not a digest: expected sha256: and 64, or sha512: and 128, lower-case hexadecimal digits");
    }

    /**
     * Without a regular expression: a page of tags has several hundred digests, and parsing them took most of the time.
     */
    private static boolean isDigest(String algorithm, String hex) {
        int length = "sha256".equals(algorithm) ? 64 : "sha512".equals(algorithm) ? 128 : -1;
        return hex != null
                && hex.length() == length
                && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    /** The sha256 digest of {@code bytes}. */
    public static Digest sha256(byte[] bytes) {
        return new Digest("sha256", HexFormat.of().formatHex(hasher("sha256").digest(bytes)));
    }

    /** The sha512 digest of {@code bytes}. */
    public static Digest sha512(byte[] bytes) {
        return new Digest("sha512", HexFormat.of().formatHex(hasher("sha512").digest(bytes)));
    }

    /** A hash function for the algorithm of this digest. */
    public MessageDigest hasher() {
        return hasher(algorithm);
    }

    /** Whether this is the digest of {@code bytes}. */
    public boolean matches(byte[] bytes) {
        return hex.equals(HexFormat.of().formatHex(hasher().digest(bytes)));
    }

    private static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256, and this one's providers SHA-512", e);
        }
    }

    /** The algorithm and the first twelve hexadecimal digits, for messages. */
    public String abbreviated() {
        return algorithm + ':' + hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return algorithm + ':' + hex;
    }
}
