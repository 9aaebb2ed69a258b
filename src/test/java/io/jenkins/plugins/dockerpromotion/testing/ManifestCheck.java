package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/** What a registry refuses in a pushed manifest, with the codes and statuses of the CNCF registry. */
record ManifestCheck(Repository repository, StoredManifest manifest) {

    Optional<Answer> refusal(String reference) {
        return mediaType().or(() -> digest(reference)).or(this::missing).or(() -> overwriting(reference));
    }

    static Answer immutable(String tag) {
        return Answer.error(403, "DENIED", "tag is immutable", Map.of("tag", tag));
    }

    private Optional<Answer> mediaType() {
        JsonNode own = manifest.json().path("mediaType");
        boolean differs = own.isTextual() && !own.asText().equals(manifest.mediaType());
        return differs || manifest.mediaType().isEmpty()
                ? Optional.of(
                        Answer.error(400, "MANIFEST_INVALID", "mediaType in manifest does not match the Content-Type"))
                : Optional.empty();
    }

    private Optional<Answer> digest(String reference) {
        boolean differs = (reference.startsWith("sha256:") && !reference.equals(manifest.digest()))
                || (reference.startsWith("sha512:") && !reference.equals(Content.sha512Of(manifest.bytes())));
        return differs
                ? Optional.of(Answer.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content"))
                : Optional.empty();
    }

    private Optional<Answer> missing() {
        return manifest.blobs().stream()
                .filter(digest -> repository.blob(digest).isEmpty())
                .findFirst()
                .or(() -> manifest.children().stream()
                        .filter(digest -> repository.manifest(digest).isEmpty()
                                && repository.blob(digest).isEmpty())
                        .findFirst())
                .map(digest -> Answer.error(
                        400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", Map.of("digest", digest)));
    }

    private Optional<Answer> overwriting(String reference) {
        return repository
                .tag(reference)
                .filter(tag -> repository.immutable() && !tag.digest().equals(manifest.digest()))
                .map(tag -> immutable(reference));
    }
}
