package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The referrers API: an index of the manifests whose subject is a digest, page by page. */
final class ReferrersRoutes {

    private final RegistryContent content;
    private final RegistrySettings settings;

    ReferrersRoutes(RegistryContent content, RegistrySettings settings) {
        this.content = content;
        this.settings = settings;
    }

    Answer list(Incoming request, String name, String digest) {
        if (settings.has(Quirk.NO_REFERRERS_API) || !request.reads()) {
            return Answer.of(404);
        }
        Optional<String> type = request.parameter("artifactType");
        List<StoredManifest> all = content.find(name).stream()
                .flatMap(Repository::manifests)
                .filter(manifest -> manifest.subject().equals(Optional.of(digest)))
                .filter(manifest -> type.isEmpty() || manifest.artifactType().equals(type))
                .toList();
        int from = Math.min(request.number("from", 0), all.size());
        int to = Math.min(from + Math.min(settings.referrersPageSize(), all.size()), all.size());
        Answer answer =
                Answer.json(200, index(all.subList(from, to).stream())).with("Content-Type", MediaTypes.OCI_INDEX);
        if (type.isPresent()) {
            answer = answer.with("OCI-Filters-Applied", "artifactType");
        }
        PageLink link = new PageLink(settings, URI.create(request.origin()));
        String filter = type.map(it -> "&artifactType=" + it).orElse("");
        return to < all.size() ? answer.with("Link", link.link(request.path() + "?from=" + to + filter)) : answer;
    }

    private static Map<String, Object> index(Stream<StoredManifest> manifests) {
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", MediaTypes.OCI_INDEX);
        index.put("manifests", manifests.map(ReferrersRoutes::descriptor).toList());
        return index;
    }

    private static Map<String, Object> descriptor(StoredManifest manifest) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", manifest.mediaType());
        descriptor.put("digest", manifest.digest());
        descriptor.put("size", manifest.bytes().length);
        manifest.artifactType().ifPresent(type -> descriptor.put("artifactType", type));
        JsonNode annotations = manifest.json().path("annotations");
        if (annotations.isObject()) {
            descriptor.put("annotations", annotations);
        }
        return descriptor;
    }
}
