package io.jenkins.plugins.dockerpromotion.testing;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dockerpromotion.testing.RegistryContent.Repository;
import io.jenkins.plugins.dockerpromotion.testing.RegistryContent.StoredManifest;
import io.jenkins.plugins.dockerpromotion.testing.TokenServer.Access;
import io.jenkins.plugins.dockerpromotion.testing.TokenServer.Grant;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The API of the OCI distribution specification, with the responses and error codes of the CNCF registry. */
final class RegistryApi {

    private static final Pattern PATH = Pattern.compile(
            "/v2/(?<name>.+)/(?<kind>tags/list|tags/reference|manifests|blobs/uploads|blobs|referrers)(/(?<key>[^/]*))?");
    private static final int ECR_LIMIT = 1000;

    private final InMemoryRegistry.Builder settings;
    private final RegistryContent content;
    private final TokenServer.Tokens tokens;
    private final String realm;
    private final Uploads uploads;

    RegistryApi(
            InMemoryRegistry.Builder settings,
            RegistryContent content,
            TokenServer.Tokens tokens,
            String realm,
            Uploads uploads) {
        this.settings = settings;
        this.content = content;
        this.tokens = tokens;
        this.realm = realm;
        this.uploads = uploads;
    }

    Response answer(Incoming request) throws IOException {
        if (request.path().matches("/v2/?")) {
            return refusal(request, List.of()).orElseGet(() -> Response.json(200, Map.of()));
        }
        Matcher path = PATH.matcher(request.path());
        if (!path.matches()) {
            return Response.error(404, "NAME_UNKNOWN", "no such route");
        }
        String name = path.group("name");
        String key = Optional.ofNullable(path.group("key")).orElse("");
        Optional<Response> refusal = refusal(request, List.of(needed(request, name)));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return switch (path.group("kind")) {
            case "tags/list" -> tags(request, name);
            case "tags/reference" -> deleteTagReference(request, name, key);
            case "manifests" -> manifest(request, name, key);
            case "blobs" -> blob(request, name, key);
            case "referrers" -> referrers(request, name, key);
            default -> uploads.answer(request, name, key, sourceRefusal(request, name));
        };
    }

    // Authorization

    private static Access needed(Incoming request, String name) {
        return switch (request.method()) {
            case "GET", "HEAD" -> Access.of(name, "pull");
            case "DELETE" -> Access.of(name, "delete");
            default -> Access.of(name, "pull", "push");
        };
    }

    private Optional<Response> sourceRefusal(Incoming request, String name) {
        return request.parameter("from")
                .flatMap(from -> refusal(request, List.of(Access.of(name, "pull", "push"), Access.of(from, "pull"))));
    }

    /** Empty if the request is allowed. If {@code needed} is empty, a valid login is enough. */
    private Optional<Response> refusal(Incoming request, List<Access> needed) {
        return switch (settings.authentication) {
            case NONE -> Optional.empty();
            case BASIC -> basicRefusal(request, needed);
            case BEARER -> bearerRefusal(request, needed);
        };
    }

    private Optional<Response> basicRefusal(Incoming request, List<Access> needed) {
        Optional<String> user = settings.access.user(request);
        boolean allowed = needed.stream()
                .allMatch(access -> access.actions().stream()
                        .allMatch(action -> settings.access.allows(user, access.repository(), action)));
        boolean loginFailed = user.isEmpty()
                && (needed.isEmpty() || request.header("Authorization").isPresent());
        if (loginFailed || (user.isEmpty() && !allowed)) {
            return Optional.of(Response.error(401, "UNAUTHORIZED", "authentication required")
                    .with("WWW-Authenticate", "Basic realm=\"Test Registry\""));
        }
        return allowed
                ? Optional.empty()
                : Optional.of(Response.error(403, "DENIED", "requested access to the resource is denied"));
    }

    private Optional<Response> bearerRefusal(Incoming request, List<Access> needed) {
        Optional<String> presented = request.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).trim());
        Optional<Grant> grant = presented.flatMap(tokens::find);
        if (grant.isPresent() && needed.stream().allMatch(grant.get()::covers)) {
            return Optional.empty();
        }
        String error = grant.isPresent()
                ? ",error=\"insufficient_scope\""
                : presented.isPresent() ? ",error=\"invalid_token\"" : "";
        String scopes = needed.stream().map(Access::toString).collect(Collectors.joining(" "));
        String scope = scopes.isEmpty() ? "" : ",scope=\"" + scopes + "\"";
        return Optional.of(Response.error(401, "UNAUTHORIZED", "authentication required")
                .with(
                        "WWW-Authenticate",
                        "Bearer realm=\"" + realm + "\",service=\"" + settings.service + "\"" + scope + error));
    }

    // Lists of tags

    private Response tags(Incoming request, String name) {
        Optional<Repository> repository = content.find(name);
        if (!request.reads()) {
            return notAllowed();
        }
        if (repository.isEmpty()) {
            return Response.error(404, "NAME_UNKNOWN", "repository name not known to registry", Map.of("name", name));
        }
        if (settings.has(Quirk.IGNORES_PAGING)) {
            return tagPage(name, repository.get().shuffled());
        }
        int asked = request.number("n", request.parameter("n").isPresent() ? -1 : Integer.MAX_VALUE);
        boolean tooMany = settings.has(Quirk.ERROR_ABOVE_1000_TAGS)
                && request.parameter("n").isPresent()
                && asked > ECR_LIMIT;
        if (asked < 0 || tooMany) {
            return Response.error(
                    400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", Map.of("n", asked));
        }
        return tagPage(request, name, repository.get(), Math.min(asked, settings.maxPageSize));
    }

    private Response tagPage(Incoming request, String name, Repository repository, int size) {
        Collection<String> rest = tagsAfter(repository, settings.has(Quirk.IGNORES_LAST) ? "" : start(request));
        if (settings.has(Quirk.BEGINS_AGAIN) && rest.isEmpty()) {
            rest = tagsAfter(repository, "");
        }
        List<String> page = new ArrayList<>();
        for (String tag : rest) {
            if (page.size() == size) {
                break;
            }
            page.add(tag);
        }
        // Not size(): it would traverse the whole skip list for every page.
        boolean more =
                !page.isEmpty() && rest.stream().skip(page.size()).findFirst().isPresent();
        Response answer = tagPage(name, page);
        return more
                ? answer.with("Link", link(request, request.path() + "?" + nextQuery(size, page.get(page.size() - 1))))
                : answer;
    }

    private static Response tagPage(String name, Collection<String> tags) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("tags", tags);
        return Response.json(200, json);
    }

    private Collection<String> tagsAfter(Repository repository, String start) {
        if (settings.has(Quirk.UNSORTED_PAGES)) {
            return after(start, repository.shuffled());
        }
        if (settings.has(Quirk.OLDEST_FIRST)) {
            return after(start, repository.oldestFirst());
        }
        return repository
                .tags()
                .tailMap(start, settings.has(Quirk.LAST_INCLUDED))
                .keySet();
    }

    private static List<String> after(String start, List<String> tags) {
        return start.isEmpty() ? tags : tags.subList(tags.indexOf(start) + 1, tags.size());
    }

    /** The tag that precedes the requested page; empty for the first page. */
    private static String start(Incoming request) {
        return request.parameter("next_page")
                .map(token -> new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8))
                .or(() -> request.parameter("last"))
                .orElse("");
    }

    private String nextQuery(int size, String last) {
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
        return (settings.has(Quirk.NEXT_PAGE_TOKEN) ? "next_page=" + token : "last=" + last) + "&n=" + size;
    }

    private String link(Incoming request, String pathAndQuery) {
        return "<" + (settings.has(Quirk.ABSOLUTE_LINK) ? request.origin() : "") + pathAndQuery + ">; rel=\"next\"";
    }

    private Response deleteTagReference(Incoming request, String name, String tag) {
        if (!settings.has(Quirk.GITLAB_TAG_DELETE) || !request.is("DELETE")) {
            return Response.of(404);
        }
        boolean deleted = content.find(name).map(it -> it.deleteTag(tag)).orElse(false);
        return deleted ? Response.of(202) : manifestUnknown(tag);
    }

    // Manifests

    private Response manifest(Incoming request, String name, String reference) throws IOException {
        return switch (request.method()) {
            case "GET", "HEAD" -> getManifest(request, name, reference);
            case "PUT" -> putManifest(request, name, reference);
            case "DELETE" -> deleteManifest(name, reference);
            default -> notAllowed();
        };
    }

    private Response getManifest(Incoming request, String name, String reference) {
        Optional<StoredManifest> found = content.find(name).flatMap(it -> it.manifest(reference));
        if (found.isPresent() && settings.has(Quirk.HONOURS_ACCEPT)) {
            Optional<StoredManifest> accepted = accepted(content.existing(name), request, found.get());
            boolean docker = found.get().mediaType().startsWith("application/vnd.docker.");
            return accepted.map(RegistryApi::ok)
                    .orElseGet(() -> docker
                            ? Response.error(400, "MANIFEST_INVALID", "manifest invalid")
                            : manifestUnknown(reference));
        }
        return found.map(RegistryApi::ok).orElseGet(() -> manifestUnknown(reference));
    }

    /** Like the CNCF registry 2.8, sends the manifest for linux/amd64 to clients that do not accept manifest lists. */
    private static Optional<StoredManifest> accepted(Repository repository, Incoming request, StoredManifest manifest) {
        List<String> accepted = request.record().headers().getOrDefault("accept", List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .map(type -> type.split(";")[0].trim())
                .toList();
        if (!accepted.contains(manifest.mediaType()) && manifest.mediaType().equals(TestImage.DOCKER_LIST)) {
            for (JsonNode child : manifest.json().path("manifests")) {
                JsonNode platform = child.path("platform");
                if (platform.path("os").asText().equals("linux")
                        && platform.path("architecture").asText().equals("amd64")) {
                    return repository
                            .manifest(child.path("digest").asText())
                            .filter(it -> accepted.contains(it.mediaType()));
                }
            }
            return Optional.empty();
        }
        // The CNCF registry stores only the known types. Other types stand for other registries, which ignore Accept.
        boolean known = TestImage.ALL_MANIFESTS.contains(manifest.mediaType());
        return Optional.of(manifest).filter(it -> !known || accepted.contains(it.mediaType()));
    }

    private static Response ok(StoredManifest manifest) {
        return Response.of(200)
                .with("Docker-Content-Digest", manifest.digest())
                .with("Content-Type", manifest.mediaType())
                .body(Content.of(manifest.bytes()));
    }

    private Response putManifest(Incoming request, String name, String reference) throws IOException {
        byte[] bytes = request.bytes();
        StoredManifest manifest =
                StoredManifest.of(request.header("Content-Type").orElse(""), bytes);
        Repository repository = content.create(name);
        Optional<Response> refusal = refusal(repository, manifest, reference);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        repository.store(manifest);
        if (reference.startsWith("sha512:")) {
            repository.alias(reference, manifest);
        }
        content.tag(name, reference.indexOf(':') >= 0 ? List.of() : List.of(reference), manifest.digest());
        Response answer = Response.of(201)
                .with("Docker-Content-Digest", manifest.digest())
                .with("Location", "/v2/" + name + "/manifests/" + manifest.digest());
        return manifest.subject().isPresent() && !settings.has(Quirk.NO_REFERRERS_API)
                ? answer.with("OCI-Subject", manifest.subject().get())
                : answer;
    }

    private static Optional<Response> refusal(Repository repository, StoredManifest manifest, String reference) {
        JsonNode own = manifest.json().path("mediaType");
        if (manifest.mediaType().isEmpty() || own.isTextual() && !own.asText().equals(manifest.mediaType())) {
            return Optional.of(
                    Response.error(400, "MANIFEST_INVALID", "mediaType in manifest does not match the Content-Type"));
        }
        if ((reference.startsWith("sha256:") && !reference.equals(manifest.digest()))
                || (reference.startsWith("sha512:") && !reference.equals(Content.sha512Of(manifest.bytes())))) {
            return Optional.of(digestInvalid());
        }
        Optional<String> missing = manifest.blobs().stream()
                .filter(digest -> repository.blob(digest).isEmpty())
                .findFirst()
                .or(() -> manifest.children().stream()
                        .filter(digest -> repository.manifest(digest).isEmpty()
                                && repository.blob(digest).isEmpty())
                        .findFirst());
        if (missing.isPresent()) {
            return Optional.of(Response.error(
                    400, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", Map.of("digest", missing.get())));
        }
        return Optional.empty();
    }

    private Response deleteManifest(String name, String reference) {
        boolean byDigest = reference.indexOf(':') >= 0;
        Optional<Repository> repository = content.find(name);
        if (repository.isEmpty()) {
            return Response.error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }
        Optional<String> manifest = byDigest || settings.has(Quirk.DELETE_BY_TAG_TAKES_ALL)
                ? repository.get().digest(reference)
                : Optional.empty();
        boolean deleted = manifest.map(repository.get()::deleteManifest)
                .orElseGet(() -> !byDigest && repository.get().deleteTag(reference));
        return deleted ? Response.of(202) : manifestUnknown(reference);
    }

    // Blobs

    private Response blob(Incoming request, String name, String digest) {
        Optional<Repository> repository = content.find(name);
        Optional<Content> blob = repository.flatMap(it -> it.blob(digest));
        if (blob.isEmpty()) {
            return Response.error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }
        return switch (request.method()) {
            case "GET", "HEAD" ->
                Response.of(200)
                        .with("Content-Type", "application/octet-stream")
                        .with("Docker-Content-Digest", digest)
                        .body(blob.get());
            case "DELETE" -> {
                repository.get().deleteBlob(digest);
                yield Response.of(202);
            }
            default -> notAllowed();
        };
    }

    // Referrers: a paginated index of the manifests with a given subject

    private Response referrers(Incoming request, String name, String digest) {
        if (settings.has(Quirk.NO_REFERRERS_API) || !request.reads()) {
            return Response.of(404);
        }
        Optional<String> type = request.parameter("artifactType");
        List<StoredManifest> all = content.find(name).stream()
                .flatMap(Repository::manifests)
                .filter(manifest -> manifest.subject().equals(Optional.of(digest)))
                .filter(manifest -> type.isEmpty() || manifest.artifactType().equals(type))
                .toList();
        int from = Math.min(request.number("from", 0), all.size());
        int to = Math.min(from + Math.min(settings.referrersPageSize, all.size()), all.size());
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", TestImage.OCI_INDEX);
        index.put(
                "manifests",
                all.subList(from, to).stream().map(RegistryApi::descriptor).toList());
        Response answer = Response.json(200, index).with("Content-Type", TestImage.OCI_INDEX);
        if (type.isPresent()) {
            answer = answer.with("OCI-Filters-Applied", "artifactType");
        }
        String filter = type.map(it -> "&artifactType=" + it).orElse("");
        return to < all.size() ? answer.with("Link", link(request, request.path() + "?from=" + to + filter)) : answer;
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

    // Errors

    private static Response notAllowed() {
        return Response.error(405, "UNSUPPORTED", "method not allowed");
    }

    private static Response digestInvalid() {
        return Response.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }

    private static Response manifestUnknown(String reference) {
        return Response.error(404, "MANIFEST_UNKNOWN", "manifest unknown", Map.of("reference", reference));
    }
}
