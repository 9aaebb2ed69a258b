package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Docker Hub's pages of repositories: their short and full descriptions. */
final class HubRepositories {

    /** In bytes, though the answer to a longer text speaks of characters. */
    private static final Map<String, Integer> LIMITS = Map.of("description", 100, "full_description", 25_000);

    private final HubSettings settings;
    private final Map<String, Map<String, String>> descriptions = new ConcurrentHashMap<>();

    HubRepositories(HubSettings settings) {
        this.settings = settings;
    }

    /** {@code description} or {@code full_description}; empty as long as nobody set it. */
    String text(String name, String field) {
        return descriptions.getOrDefault(name, Map.of()).getOrDefault(field, "");
    }

    Answer get(String name, Repository repository) {
        int slash = name.indexOf('/');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user", name.substring(0, slash));
        json.put("namespace", name.substring(0, slash));
        json.put("name", name.substring(slash + 1));
        json.put("repository_type", "image");
        json.put("status", 1);
        json.put("status_description", "active");
        json.put("description", text(name, "description"));
        json.put("is_private", settings.isPrivate(name));
        json.put("star_count", 0);
        json.put("pull_count", 0);
        json.put(
                "last_updated",
                repository.newestFirst().stream()
                        .findFirst()
                        .map(tag -> tag.pushed().toString())
                        .orElse(null));
        json.put("full_description", text(name, "full_description"));
        return Answer.json(200, json);
    }

    Answer patch(Incoming request, String name, Repository repository) throws IOException {
        JsonNode body = request.json();
        Map<String, String> errors = new LinkedHashMap<>();
        Map<String, String> changes = new LinkedHashMap<>();
        LIMITS.forEach((field, limit) -> {
            String text = body.path(field).asText("");
            if (text.getBytes(StandardCharsets.UTF_8).length > limit) {
                errors.put(field, "Exceeded max number of characters");
            } else if (body.has(field)) {
                changes.put(field, text);
            }
        });
        if (!errors.isEmpty()) {
            return Answer.json(
                    400,
                    Map.of(
                            "message",
                            "httperror 400: request had " + errors.size() + " validation error",
                            "errinfo",
                            Map.of("fielderrors", errors)));
        }
        set(name, changes);
        return get(name, repository);
    }

    void set(String name, Map<String, String> texts) {
        descriptions.computeIfAbsent(name, it -> new ConcurrentHashMap<>()).putAll(texts);
    }
}
