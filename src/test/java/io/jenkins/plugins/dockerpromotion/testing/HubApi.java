package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jenkins.plugins.dockerpromotion.testing.RegistryContent.Repository;
import io.jenkins.plugins.dockerpromotion.testing.RegistryContent.StoredManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Docker Hub's own API: login, repositories, tags, webhook callbacks and the rate limit. */
final class HubApi {

    private static final String NAME =
            "/v2/(?:namespaces/(?<ns>[^/]+)/repositories|repositories/(?<user>[^/]+))/(?<repo>[^/]+)";
    private static final Pattern TAGS = Pattern.compile(NAME + "/tags(?:/(?<tag>[^/]+))?/?");
    private static final Pattern REPOSITORY = Pattern.compile(NAME + "/?");
    private static final Pattern CALLBACK = Pattern.compile("/u/[^/]+/[^/]+/hook/[^/]+/");
    private static final Set<String> STATES = Set.of("success", "failure", "error");
    private static final int DEFAULT_PAGE_SIZE = 10;

    /** In bytes, although the error message says characters. */
    private static final Map<String, Integer> LIMITS = Map.of("description", 100, "full_description", 25_000);

    private final InMemoryDockerHub.Builder settings;
    private final InMemoryRegistry registry;
    private final HubLogin login;
    private final Map<String, Map<String, String>> pages = new ConcurrentHashMap<>();
    private final List<JsonNode> callbacks = new CopyOnWriteArrayList<>();
    private Instant reset = Instant.MIN;
    private int remaining;

    HubApi(InMemoryDockerHub.Builder settings, InMemoryRegistry registry, HubLogin login) {
        this.settings = settings;
        this.registry = registry;
        this.login = login;
    }

    Response answer(Incoming request) throws IOException {
        if (settings.rateLimit < 0) {
            return route(request);
        }
        boolean exceeded;
        Map<String, String> headers = new LinkedHashMap<>();
        synchronized (this) {
            // The first request after a window starts the next one.
            if (!registry.clock().instant().isBefore(reset)) {
                reset = registry.clock().instant().plus(settings.rateWindow);
                remaining = settings.rateLimit;
            }
            exceeded = remaining == 0;
            remaining = Math.max(remaining - 1, 0);
            headers.put("X-RateLimit-Limit", Integer.toString(settings.rateLimit));
            headers.put("X-RateLimit-Remaining", Integer.toString(remaining));
            // Rounded up, so that a client that waits until this second is not rejected again.
            headers.put(
                    "X-RateLimit-Reset",
                    Long.toString(reset.plusNanos(999_999_999).getEpochSecond()));
        }
        Response answer = exceeded
                ? Response.json(429, Map.of("detail", "Rate limit exceeded", "error", false))
                        .with("X-Retry-After", headers.get("X-RateLimit-Reset"))
                : route(request);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            answer = answer.with(header.getKey(), header.getValue());
        }
        return answer;
    }

    private Response route(Incoming request) throws IOException {
        if (request.path().matches("/v2/auth/token/?")) {
            return login.token(request);
        }
        if (request.path().matches("/v2/users/login/?")) {
            return login.formerToken(request);
        }
        if (CALLBACK.matcher(request.path()).matches()) {
            return takeCallback(request);
        }
        if (request.header("Authorization").isPresent() && login.user(request).isEmpty()) {
            return detail(401, "Given token not valid for any token type");
        }
        Matcher tags = TAGS.matcher(request.path());
        if (tags.matches()) {
            return tags(request, name(tags), Optional.ofNullable(tags.group("tag")));
        }
        Matcher repository = REPOSITORY.matcher(request.path());
        return repository.matches() ? repository(request, name(repository)) : notFound("object not found");
    }

    private static String name(Matcher path) {
        return Optional.ofNullable(path.group("ns")).orElseGet(() -> path.group("user")) + "/" + path.group("repo");
    }

    /** Empty if the repository does not exist, or if it is private and the user may not pull from it. */
    private Optional<Repository> readable(Incoming request, String name) {
        boolean visible = !settings.privateRepositories.contains(name)
                || registry.access().allows(login.user(request), name, "pull");
        return registry.content().find(name).filter(it -> visible);
    }

    private Optional<Response> refusal(Incoming request, String name, String action) {
        Optional<String> user = login.user(request);
        if (user.isEmpty()) {
            return Optional.of(detail(401, "Authentication credentials were not provided."));
        }
        return registry.access().allows(user, name, action)
                ? Optional.empty()
                : Optional.of(detail(403, "You do not have permission to perform this action."));
    }

    // Tags

    private Response tags(Incoming request, String name, Optional<String> tag) {
        boolean deletes = request.is("DELETE") && tag.isPresent();
        Optional<Repository> repository = readable(request, name);
        if (!request.reads() && !deletes) {
            return notAllowed(request);
        }
        if (repository.isEmpty()) {
            return notFound("object not found");
        }
        if (deletes) {
            return refusal(request, name, "delete").orElseGet(() -> deleteTag(repository.get(), tag.get()));
        }
        TagView view = new TagView(repository.get());
        return tag.isEmpty()
                ? page(request, repository.get(), view)
                : repository
                        .get()
                        .tag(tag.get())
                        .map(found -> Response.json(200, view.json(found)))
                        .orElseGet(() -> notFound("tag '" + tag.get() + "' not found"));
    }

    private static Response deleteTag(Repository repository, String tag) {
        return repository.deleteTag(tag) ? Response.of(204) : notFound("tag '" + tag + "' not found");
    }

    /** A page of tags, the latest push first. */
    private Response page(Incoming request, Repository repository, TagView view) {
        List<Repository.Tag> tags = repository.newestFirst();
        int size = Math.min(request.number("page_size", DEFAULT_PAGE_SIZE), settings.largestPage);
        int page = request.number("page", 1);
        boolean pastTheEnd = page > 1 && (long) (page - 1) * size >= tags.size();
        if (size < 1 || page < 1 || pastTheEnd) {
            return Response.json(404, Map.of("detail", "Invalid page.", "message", "object not found"));
        }
        int from = (page - 1) * size;
        int to = Math.min(from + size, tags.size());
        String link = request.origin() + request.path() + "?page_size=" + size + "&page=";
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", tags.size());
        json.put("next", to < tags.size() ? link + (page + 1) : null);
        json.put("previous", page > 1 ? link + (page - 1) : null);
        json.put("results", tags.subList(from, to).stream().map(view::json).toList());
        return Response.json(200, json);
    }

    /** Renders tags as the JSON of the API. */
    private final class TagView {

        private final Repository repository;
        private final Map<String, List<Map<String, Object>>> imagesByDigest = new HashMap<>();

        TagView(Repository repository) {
            this.repository = repository;
        }

        Map<String, Object> json(Repository.Tag tag) {
            List<Map<String, Object>> images = imagesByDigest.computeIfAbsent(tag.digest(), this::images);
            String pushed = tag.pushed().toString();
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("id", tag.push());
            json.put("name", tag.name());
            json.put("images", images);
            json.put("last_updated", pushed);
            json.put("last_updater_username", "ci");
            json.put("full_size", images.isEmpty() ? 0 : images.get(0).get("size"));
            json.put("v2", true);
            json.put("tag_status", "active");
            json.put("tag_last_pulled", null);
            json.put("tag_last_pushed", pushed);
            json.put(
                    "media_type",
                    repository
                            .manifest(tag.digest())
                            .map(StoredManifest::mediaType)
                            .orElse(null));
            json.put("content_type", "image");
            json.put("digest", tag.digest());
            return json;
        }

        /** One entry per manifest in an index, or a single entry for an image. */
        private List<Map<String, Object>> images(String digest) {
            List<Map<String, Object>> images = new ArrayList<>();
            repository.manifest(digest).ifPresent(manifest -> {
                if (manifest.json().has("manifests")) {
                    manifest.children().forEach(child -> images.addAll(images(child)));
                } else {
                    images.add(image(manifest));
                }
            });
            return images;
        }

        private Map<String, Object> image(StoredManifest manifest) {
            JsonNode config = manifest.config()
                    .flatMap(it -> repository.blob(it.path("digest").asText()))
                    .map(blob -> TestJson.parse(blob.bytes()))
                    .orElse(MissingNode.getInstance());
            long size = 0;
            for (JsonNode layer : manifest.json().path("layers")) {
                size += layer.path("size").asLong();
            }
            Map<String, Object> image = new LinkedHashMap<>();
            image.put("architecture", config.path("architecture").asText("unknown"));
            image.put("variant", config.path("variant").asText(null));
            image.put("digest", manifest.digest());
            image.put("os", config.path("os").asText("unknown"));
            image.put("size", size);
            image.put("status", "active");
            image.put("last_pulled", null);
            return image;
        }
    }

    // Repositories and their descriptions

    private Response repository(Incoming request, String name) throws IOException {
        if (!request.reads() && !request.is("PATCH")) {
            return notAllowed(request);
        }
        Optional<Repository> repository = readable(request, name);
        if (repository.isEmpty()) {
            return notFound("object not found");
        }
        if (request.is("PATCH")) {
            Optional<Response> refusal = refusal(request, name, "push");
            return refusal.isPresent() ? refusal.get() : changePage(request, name, repository.get());
        }
        return page(name, repository.get());
    }

    private Response page(String name, Repository repository) {
        int slash = name.indexOf('/');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("user", name.substring(0, slash));
        json.put("namespace", name.substring(0, slash));
        json.put("name", name.substring(slash + 1));
        json.put("repository_type", "image");
        json.put("status", 1);
        json.put("status_description", "active");
        json.put("description", pageText(name, "description"));
        json.put("is_private", settings.privateRepositories.contains(name));
        json.put(
                "last_updated",
                repository.newestFirst().stream()
                        .findFirst()
                        .map(tag -> tag.pushed().toString())
                        .orElse(null));
        json.put("full_description", pageText(name, "full_description"));
        return Response.json(200, json);
    }

    private Response changePage(Incoming request, String name, Repository repository) throws IOException {
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
            String message = "httperror 400: request had " + errors.size() + " validation error";
            return Response.json(400, Map.of("message", message, "errinfo", Map.of("fielderrors", errors)));
        }
        writePage(name, changes);
        return page(name, repository);
    }

    /** {@code description} or {@code full_description}; empty if it is not set. */
    String pageText(String name, String field) {
        return pages.getOrDefault(name, Map.of()).getOrDefault(field, "");
    }

    void writePage(String name, Map<String, String> texts) {
        pages.computeIfAbsent(name, it -> new ConcurrentHashMap<>()).putAll(texts);
    }

    // Webhook callbacks

    private Response takeCallback(Incoming request) throws IOException {
        JsonNode body = request.json();
        boolean fits = request.is("POST")
                && STATES.contains(body.path("state").asText())
                && length(body, "description") <= 255
                && length(body, "context") <= 100;
        if (!fits) {
            return detail(400, "this is no answer to a webhook");
        }
        callbacks.add(body);
        return Response.json(200, Map.of());
    }

    List<JsonNode> callbacks() {
        return List.copyOf(callbacks);
    }

    private static int length(JsonNode body, String field) {
        String text = body.path(field).asText();
        return text.codePointCount(0, text.length());
    }

    // Errors

    private static Response detail(int status, String detail) {
        return Response.json(status, Map.of("detail", detail));
    }

    private static Response notFound(String what) {
        return Response.json(404, Map.of("detail", what, "message", what, "errinfo", Map.of()));
    }

    private static Response notAllowed(Incoming request) {
        return detail(405, "Method \"" + request.method() + "\" not allowed.");
    }
}
