package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Manifests by tag and digest. */
final class ManifestRoutes {

    private final RegistryContent content;
    private final RegistrySettings settings;
    private final PullLimit pulls;

    ManifestRoutes(RegistryContent content, RegistrySettings settings, PullLimit pulls) {
        this.content = content;
        this.settings = settings;
        this.pulls = pulls;
    }

    Answer answer(Incoming request, String name, String reference) throws IOException {
        return switch (request.method()) {
            case "GET", "HEAD" -> pulls.count(request, get(request, name, reference));
            case "PUT" -> put(request, name, reference);
            case "DELETE" -> delete(name, reference);
            default -> Answer.error(405, "UNSUPPORTED", "method not allowed");
        };
    }

    private Answer get(Incoming request, String name, String reference) {
        Optional<Repository> repository = content.find(name);
        Optional<StoredManifest> found = repository.flatMap(it -> it.manifest(reference));
        if (found.isPresent() && settings.has(Quirk.HONOURS_ACCEPT)) {
            Optional<StoredManifest> accepted =
                    AcceptedManifest.of(repository.get(), request).choose(found.get());
            return accepted.map(this::ok).orElseGet(() -> notAccepted(found.get(), reference));
        }
        return found.map(this::ok).orElseGet(() -> unknown(reference));
    }

    private Answer ok(StoredManifest manifest) {
        return withDigest(Answer.of(200), manifest)
                .with("Content-Type", manifest.mediaType())
                .body(Content.of(manifest.bytes()));
    }

    private static Answer notAccepted(StoredManifest manifest, String reference) {
        return manifest.mediaType().startsWith("application/vnd.docker.")
                ? Answer.error(400, "MANIFEST_INVALID", "manifest invalid")
                : unknown(reference);
    }

    private Answer put(Incoming request, String name, String reference) throws IOException {
        byte[] bytes = request.bytes();
        if (bytes.length > settings.maxManifestBytes()) {
            return Answer.error(413, "SIZE_INVALID", "manifest is too large");
        }
        StoredManifest manifest =
                StoredManifest.of(request.header("Content-Type").orElse(""), bytes);
        Repository repository = content.create(name);
        Optional<Answer> refusal = new ManifestCheck(repository, manifest).refusal(reference);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (reference.startsWith("sha512:")) {
            repository.store(manifest, reference);
        } else {
            repository.store(manifest);
        }
        List<String> extraTags = settings.has(Quirk.TAGS_ON_PUT) ? request.parameters("tag") : List.of();
        List<String> tags = reference.indexOf(':') >= 0 ? extraTags : List.of(reference);
        content.tag(name, tags, manifest.digest());
        Answer answer = withDigest(Answer.of(201), manifest)
                .with("Location", "/v2/" + name + "/manifests/" + manifest.digest());
        for (String tag : extraTags) {
            answer = answer.plus("OCI-Tag", tag);
        }
        return manifest.subject().isPresent() && !settings.has(Quirk.NO_REFERRERS_API)
                ? answer.with("OCI-Subject", manifest.subject().get())
                : answer;
    }

    private Answer delete(String name, String reference) {
        boolean byDigest = reference.indexOf(':') >= 0;
        if (settings.has(Quirk.DELETE_SWITCHED_OFF_405)) {
            return Answer.error(405, "UNSUPPORTED", "The operation is unsupported.");
        }
        if (settings.has(Quirk.DELETE_UNSUPPORTED_400)) {
            return Answer.error(400, "UNSUPPORTED", "The operation is unsupported.");
        }
        if (!byDigest && settings.has(Quirk.DELETE_BY_DIGEST_ONLY)) {
            return Answer.error(400, "UNSUPPORTED", "The operation is unsupported.");
        }
        // GitLab's registry was a fork of the CNCF registry at the time.
        if (!byDigest && (settings.has(Quirk.DELETE_BY_TAG_INVALID) || settings.has(Quirk.GITLAB_TAG_DELETE))) {
            return Answer.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        Optional<Repository> repository = content.find(name);
        if (repository.isEmpty()) {
            return Answer.error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }
        if (!byDigest && repository.get().immutable()) {
            return ManifestCheck.immutable(reference);
        }
        Optional<String> manifest = byDigest || settings.has(Quirk.DELETE_BY_TAG_TAKES_ALL)
                ? repository.get().digest(reference)
                : Optional.empty();
        boolean deleted = manifest.map(repository.get()::deleteManifest)
                .orElseGet(() -> !byDigest && repository.get().deleteTag(reference));
        return deleted ? Answer.of(202) : unknown(reference);
    }

    private Answer withDigest(Answer answer, StoredManifest manifest) {
        if (settings.has(Quirk.NO_CONTENT_DIGEST)) {
            return answer;
        }
        boolean wrong = settings.has(Quirk.WRONG_CONTENT_DIGEST);
        String digest = wrong ? Content.of("not " + manifest.digest()).digest() : manifest.digest();
        return answer.with("Docker-Content-Digest", digest);
    }

    private static Answer unknown(String reference) {
        return Answer.error(404, "MANIFEST_UNKNOWN", "manifest unknown", Map.of("reference", reference));
    }
}
