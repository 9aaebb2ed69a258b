package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.MediaTypes;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The index that clients keep under the fallback tag (OCI distribution specification, "Referrers Tag Schema"). */
final class ReferrersIndex {

    private ReferrersIndex() {}

    /**
     * The index with {@code referrers} besides those that it lists, whose entries stay as they are.
     *
     * @param index the present one, if there is one
     * @return nothing if it lists them all
     */
    static Optional<Manifest> with(List<Manifest> referrers, Optional<Manifest> index) {
        Set<Digest> listed = index.map(Manifest::children).orElse(List.of()).stream()
                .map(Descriptor::digest)
                .collect(Collectors.toSet());
        List<Manifest> missing = referrers.stream()
                .filter(referrer -> !listed.contains(referrer.digest()))
                .toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schemaVersion", 2);
        json.put("mediaType", MediaTypes.OCI_INDEX);
        List<Object> entries = new ArrayList<>();
        index.flatMap(i -> Json.parse(i.bytes())).ifPresent(present -> {
            present.names().forEach(name -> json.put(name, present.field(name).plain()));
            present.field("manifests").items().stream().map(JsonValue::plain).forEach(entries::add);
        });
        missing.forEach(referrer -> entries.add(entry(referrer)));
        json.put("manifests", entries);
        return Optional.of(Manifest.parse(Json.write(json), MediaTypes.OCI_INDEX));
    }

    /** As a registry would list it (the same specification, "Listing Referrers"). */
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
