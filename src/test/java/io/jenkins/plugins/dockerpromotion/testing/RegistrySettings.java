package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * What kind of registry an {@link InMemoryRegistry} plays.
 *
 * @param maxPageSize tags in a page at most
 * @param referrersPageSize referrers in a page at most
 * @param maxManifestBytes larger manifests are answered with 413
 * @param pullLimit GETs of manifests before 429; negative where there is no limit
 * @param linkOrigin where the links to next pages point, instead of this registry
 * @param blobOrigin where downloads of blobs are redirected to
 */
record RegistrySettings(
        Set<Quirk> quirks,
        int maxPageSize,
        int referrersPageSize,
        long maxManifestBytes,
        int pullLimit,
        Optional<URI> linkOrigin,
        Optional<InMemoryBlobServer> blobOrigin) {

    boolean has(Quirk quirk) {
        return quirks.contains(quirk);
    }
}
