package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.util.List;

/**
 * Fuzzes bundles, envelopes, payloads and keys. No input may count as signed, because the fuzzer has no private key.
 */
public final class SignatureFuzz {

    private static final Digest IMAGE = Digest.sha256(new byte[0]);
    private static final List<SigningKey> KEYS = SigningKey.parse("""
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9IW4fzNLzMXfgZb2VK5MBXiDCUEb
            Y8TVsrJYxXqBkTzQp1QNsx3musI/WiOoxelg3zbyac3gqjdh9HIWbFcbRQ==
            -----END PUBLIC KEY-----
            """);

    private SignatureFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> {
            read(() -> SignedPayload.bundle(input));
            read(() -> SignedPayload.envelope(input));
            read(() -> SignedPayload.simpleSigning(input, "AAAA"));
            try {
                SigningKey.parse(FuzzInput.text(input));
            } catch (IllegalArgumentException e) {
                oneLine(e);
            }
        });
    }

    private interface Reading {
        SignedPayload read() throws RefusedException;
    }

    private static void read(Reading reading) {
        try {
            SignedPayload payload = reading.read();
            FuzzInput.require(payload.signedBy(KEYS).isEmpty(), "a signature that nobody made");
            FuzzInput.require(payload.refusal(KEYS).lines().count() == 1, "a refusal of several lines");
            payload.claim(IMAGE);
            payload.predicate();
        } catch (RefusedException e) {
            oneLine(e);
        }
    }

    private static void oneLine(Exception e) {
        FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
    }
}
