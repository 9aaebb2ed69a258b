package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answers;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the verification of a digest, per KiB. */
@State(Scope.Benchmark)
public class DigestJmh {

    private static final int BLOB_KIB = 4096;
    private static final int MANIFEST_KIB = 2;

    private final byte[] blob = random(BLOB_KIB);
    private final byte[] manifest = random(MANIFEST_KIB);
    private final Descriptor blobDescriptor =
            new Descriptor("application/octet-stream", Digest.sha256(blob), blob.length, "");
    private final Digest manifestDigest = Digest.sha256(manifest);

    private static byte[] random(int kib) {
        byte[] bytes = new byte[kib * 1024];
        new Random(kib).nextBytes(bytes);
        return bytes;
    }

    @Benchmark
    @OperationsPerInvocation(BLOB_KIB)
    public long passesOnAKibOfABlob() throws IOException {
        try (InputStream in = new Blobs.VerifiedStream(Answers.ok(blob), blobDescriptor)) {
            return in.transferTo(OutputStream.nullOutputStream());
        }
    }

    @Benchmark
    @OperationsPerInvocation(MANIFEST_KIB)
    public boolean checksAKibOfAManifest() {
        return manifestDigest.matches(manifest);
    }
}
