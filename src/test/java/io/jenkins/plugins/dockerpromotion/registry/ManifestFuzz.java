package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.util.Arrays;
import java.util.List;

/** Fuzzes manifests and indexes with each known {@code Content-Type} and with none. */
public final class ManifestFuzz {

    private static final List<String> ANNOUNCED =
            List.of("", Manifest.OCI_INDEX, Manifest.OCI_MANIFEST, Manifest.DOCKER_LIST, Manifest.DOCKER_MANIFEST);

    private ManifestFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> ANNOUNCED.forEach(mediaType -> read(input, mediaType)));
    }

    private static void read(byte[] input, String mediaType) {
        try {
            Manifest manifest = Manifest.parse(input, mediaType);
            FuzzInput.require(Arrays.equals(manifest.bytes(), input), "other bytes");
            FuzzInput.require(manifest.digest().equals(Digest.sha256(input)), "another digest");
            FuzzInput.require(manifest.platforms().size() <= manifest.children().size(), "too many platforms");
        } catch (IllegalArgumentException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
        }
    }
}
