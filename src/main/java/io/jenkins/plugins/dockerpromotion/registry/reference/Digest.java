package io.jenkins.plugins.dockerpromotion.registry.reference;

import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content address: {@code sha256:<64 hex digits>} or {@code sha512:<128 hex digits>}, the registered algorithms of
 * the OCI image specification ("Descriptors: Digests").
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case hexadecimal digits
 */
public record Digest(String algorithm, String hex) implements Serializable {

    private static final Pattern GRAMMAR = Pattern.compile("sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128}");

    /** @throws IllegalArgumentException in one line, if the two do not make a digest */
    public Digest {
        requireDigest(algorithm + ':' + hex);
    }

    /**
     * Reads {@code algorithm:hex}.
     *
     * @throws IllegalArgumentException in one line, if {@code text} is not a digest
     */
    public static Digest parse(String text) {
        requireDigest(text);
        int colon = text.indexOf(':');
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    private static void requireDigest(String text) {
        if (text == null || !GRAMMAR.matcher(text).matches()) {
            throw new IllegalArgumentException(Quoted.of(text)
                    + " is not a digest: expected sha256: and 64, or sha512: and 128, lower-case hexadecimal digits");
        }
    }

    /** The sha256 digest of {@code bytes}. */
    public static Digest sha256(byte[] bytes) {
        return new Digest("sha256", HexFormat.of().formatHex(hasher("sha256").digest(bytes)));
    }

    /** A hash function that makes digests of this one's algorithm. */
    public MessageDigest hasher() {
        return hasher(algorithm);
    }

    /** Whether {@code bytes} have this digest. */
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

    /** The first twelve hexadecimal digits, for people. */
    public String abbreviated() {
        return algorithm + ':' + hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return algorithm + ':' + hex;
    }
}
