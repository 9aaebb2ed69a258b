package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.MediaTypes;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The index that clients keep under the fallback tag (OCI distribution specification, "Referrers Tag Schema"). */
final class ReferrersIndex {

    private ReferrersIndex() {}

    /**
     * The index with {@code referrers} besides those that it lists, whose entries stay as they are.
     *
     * @param index the present one, if there is one
     * @param source the other side's, if there is one: an entry that it has is taken as it is
     * @return nothing if the index lists them all
     */
    static Optional<Manifest> with(List<Manifest> referrers, Optional<Manifest> index, Optional<Manifest> source) {
        Map<String, Object> entries = entries(index);
        Map<String, Object> others = entries(source);
        int before = entries.size();
        for (Manifest referrer : referrers) {
            String digest = referrer.digest().toString();
            entries.putIfAbsent(digest, others.getOrDefault(digest, entry(referrer)));
        }
        if (entries.size() == before) {
            return Optional.empty();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaTypes.OCI_INDEX);
        index.flatMap(present -> Json.parse(present.bytes()))
                .ifPresent(present -> present.names()
                        .forEach(name -> json.put(name, present.field(name).plain())));
        json.put("manifests", List.copyOf(entries.values()));
        return Optional.of(Manifest.parse(Json.write(json), MediaTypes.OCI_INDEX));
    }

    /** By digest. */
    private static Map<String, Object> entries(Optional<Manifest> index) {
        Map<String, Object> entries = new LinkedHashMap<>();
        index.flatMap(present -> Json.parse(present.bytes()))
                .ifPresent(json -> json.field("manifests")
                        .items()
                        .forEach(entry -> entries.put(entry.text("digest"), entry.plain())));
        return entries;
    }

    /** As a registry would list it (OCI distribution specification, "Listing Referrers"). */
    private static Map<String, Object> entry(Manifest referrer) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("mediaType", referrer.mediaType());
        entry.put("digest", referrer.digest().toString());
        entry.put("size", referrer.bytes().length);
        if (!referrer.artifactType().isEmpty()) {
            entry.put("artifactType", referrer.artifactType());
        }
        if (!referrer.annotations().isEmpty()) {
            entry.put("annotations", referrer.annotations());
        }
        return entry;
    }
}
