package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends each request of the distribution specification through the gate and on to the part that answers it. */
final class RegistryRouter {

    private static final String NAME = "/v2/(?<name>.+)";
    private static final Pattern TAGS = Pattern.compile(NAME + "/tags/list");
    private static final Pattern TAG_REFERENCE = Pattern.compile(NAME + "/tags/reference/(?<key>[^/]+)");
    private static final Pattern MANIFEST = Pattern.compile(NAME + "/manifests/(?<key>[^/]+)");
    private static final Pattern UPLOAD = Pattern.compile(NAME + "/blobs/uploads/(?<key>[^/]*)");
    private static final Pattern BLOB = Pattern.compile(NAME + "/blobs/(?<key>[^/]+)");
    private static final Pattern REFERRERS = Pattern.compile(NAME + "/referrers/(?<key>[^/]+)");

    private final Gate gate;
    private final TagRoutes tags;
    private final ManifestRoutes manifests;
    private final BlobRoutes blobs;
    private final UploadRoutes uploads;
    private final ReferrersRoutes referrers;

    RegistryRouter(
            RegistryContent content, RegistrySettings settings, Gate gate, UploadRoutes uploads, PullLimit pulls) {
        this.gate = gate;
        this.uploads = uploads;
        tags = new TagRoutes(content, settings);
        manifests = new ManifestRoutes(content, settings, pulls);
        blobs = new BlobRoutes(content, settings);
        referrers = new ReferrersRoutes(content, settings);
    }

    Answer answer(Incoming request) throws IOException {
        if (request.path().matches("/v2/?")) {
            return gate.refuse(request, List.of()).orElseGet(() -> Answer.json(200, Map.of()));
        }
        // Uploads stand before blobs, whose pattern they match as well.
        List<Route> routes = List.of(
                new Route(TAGS, (incoming, name, key) -> tags.list(incoming, name)),
                new Route(TAG_REFERENCE, tags::deleteReference),
                new Route(MANIFEST, manifests::answer),
                new Route(UPLOAD, this::upload),
                new Route(BLOB, blobs::answer),
                new Route(REFERRERS, referrers::list));
        for (Route route : routes) {
            Matcher matcher = route.pattern.matcher(request.path());
            if (matcher.matches()) {
                String key = route.pattern == TAGS ? "" : matcher.group("key");
                return guarded(request, matcher.group("name"), key, route);
            }
        }
        return Answer.error(404, "NAME_UNKNOWN", "no such route");
    }

    private Answer guarded(Incoming request, String name, String key, Route route) throws IOException {
        Optional<Answer> refusal = gate.refuse(request, needed(request, name));
        return refusal.isPresent() ? refusal.get() : route.handler.answer(request, name, key);
    }

    private static List<Scope> needed(Incoming request, String name) {
        List<Scope> scopes = new ArrayList<>();
        scopes.add(
                switch (request.method()) {
                    case "GET", "HEAD" -> Scope.of(name, "pull");
                    case "DELETE" -> Scope.of(name, "delete");
                    default -> Scope.of(name, "pull", "push");
                });
        return scopes;
    }

    private Answer upload(Incoming request, String name, String key) throws IOException {
        Optional<Answer> sourceRefused = request.parameter("from")
                .flatMap(from -> gate.refuse(request, List.of(Scope.of(name, "pull", "push"), Scope.of(from, "pull"))));
        return uploads.answer(request, name, key, sourceRefused);
    }

    private record Route(Pattern pattern, Handler handler) {}

    @FunctionalInterface
    private interface Handler {
        Answer answer(Incoming request, String name, String key) throws IOException;
    }
}
