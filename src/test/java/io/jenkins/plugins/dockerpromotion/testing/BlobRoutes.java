package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Optional;

/** Blobs by digest. */
final class BlobRoutes {

    private final RegistryContent content;
    private final RegistrySettings settings;

    BlobRoutes(RegistryContent content, RegistrySettings settings) {
        this.content = content;
        this.settings = settings;
    }

    Answer answer(Incoming request, String name, String digest) {
        Optional<Repository> repository = content.find(name);
        Optional<Content> blob = repository.flatMap(it -> it.blob(digest));
        if (blob.isEmpty()) {
            return Answer.error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request, digest, blob.get());
            case "DELETE" -> delete(repository.get(), digest);
            default -> Answer.error(405, "UNSUPPORTED", "method not allowed");
        };
    }

    private Answer get(Incoming request, String digest, Content blob) {
        if (request.is("GET") && settings.blobOrigin().isPresent()) {
            return Answer.of(307).with("Location", settings.blobOrigin().get().offer(digest, blob));
        }
        return Answer.of(200)
                .with("Content-Type", "application/octet-stream")
                .with("Docker-Content-Digest", digest)
                .body(blob);
    }

    private Answer delete(Repository repository, String digest) {
        if (settings.has(Quirk.DELETE_SWITCHED_OFF_405) || settings.has(Quirk.DELETE_UNSUPPORTED_400)) {
            int status = settings.has(Quirk.DELETE_SWITCHED_OFF_405) ? 405 : 400;
            return Answer.error(status, "UNSUPPORTED", "The operation is unsupported.");
        }
        repository.deleteBlob(digest);
        return Answer.of(202);
    }
}
