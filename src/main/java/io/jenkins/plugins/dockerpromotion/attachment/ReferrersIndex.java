package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The index that clients keep under the fallback tag (OCI distribution specification, "Referrers Tag Schema"). */
final class ReferrersIndex {

    private ReferrersIndex() {}

    /**
     * Adds {@code referrers} to the index; existing entries stay unchanged.
     *
     * @param index the current index, if there is one
     * @param source the index of the source, if there is one; its entries are copied unchanged
     * @return empty if the index already lists all of them
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
        json.put("mediaType", Manifest.OCI_INDEX);
        index.flatMap(present -> Json.parse(present.bytes()))
                .ifPresent(present -> present.names()
                        .forEach(name -> json.put(name, present.field(name).plain())));
        json.put("manifests", List.copyOf(entries.values()));
        return Optional.of(Manifest.parse(Json.write(json), Manifest.OCI_INDEX));
    }

    /** The entries of an index by digest. */
    private static Map<String, Object> entries(Optional<Manifest> index) {
        Map<String, Object> entries = new LinkedHashMap<>();
        index.flatMap(present -> Json.parse(present.bytes()))
                .ifPresent(json -> json.field("manifests")
                        .items()
                        .forEach(entry -> entries.put(entry.text("digest"), entry.plain())));
        return entries;
    }

    /** The entry that a registry would list (OCI distribution specification, "Listing Referrers"). */
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
