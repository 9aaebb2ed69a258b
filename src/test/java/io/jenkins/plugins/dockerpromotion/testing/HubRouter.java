package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends each request of Docker Hub's API to the part that answers it, if the user may see the repository. */
final class HubRouter {

    private static final String NAME =
            "/v2/(?:namespaces/(?<ns>[^/]+)/repositories|repositories/(?<user>[^/]+))/(?<repo>[^/]+)";
    private static final Pattern TAGS = Pattern.compile(NAME + "/tags(?:/(?<tag>[^/]+))?/?");
    private static final Pattern REPOSITORY = Pattern.compile(NAME + "/?");

    private final RegistryContent content;
    private final AccessRules access;
    private final HubSettings settings;
    private final HubLogin login;
    private final HubTags tags;
    private final HubRepositories repositories;
    private final HubCallbacks callbacks;

    HubRouter(
            RegistryContent content,
            AccessRules access,
            HubSettings settings,
            HubLogin login,
            HubRepositories repositories,
            HubCallbacks callbacks) {
        this.content = content;
        this.access = access;
        this.settings = settings;
        this.login = login;
        this.repositories = repositories;
        this.callbacks = callbacks;
        tags = new HubTags(settings);
    }

    Answer answer(Incoming request) throws IOException {
        if (request.path().matches("/v2/auth/token/?")) {
            return login.token(request);
        }
        if (request.path().matches("/v2/users/login/?")) {
            return login.deprecatedLogin(request);
        }
        if (callbacks.isCallback(request)) {
            return callbacks.take(request);
        }
        Optional<Answer> refusal = login.refusal(request);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Matcher tagMatcher = TAGS.matcher(request.path());
        if (tagMatcher.matches()) {
            return tags(request, name(tagMatcher), Optional.ofNullable(tagMatcher.group("tag")));
        }
        Matcher matcher = REPOSITORY.matcher(request.path());
        return matcher.matches() ? repository(request, name(matcher)) : notFound();
    }

    private Answer tags(Incoming request, String name, Optional<String> tag) throws IOException {
        if (request.reads()) {
            return readable(request, name)
                    .map(it -> tag.map(one -> tags.get(it, one)).orElseGet(() -> tags.list(request, it)))
                    .orElseGet(HubRouter::notFound);
        }
        return request.is("DELETE") && tag.isPresent()
                ? changed(request, name, "delete", repository -> tags.delete(repository, tag.get()))
                : methodNotAllowed(request);
    }

    private Answer repository(Incoming request, String name) throws IOException {
        if (request.reads()) {
            return readable(request, name).map(it -> repositories.get(name, it)).orElseGet(HubRouter::notFound);
        }
        return request.is("PATCH")
                ? changed(request, name, "push", repository -> repositories.patch(request, name, repository))
                : methodNotAllowed(request);
    }

    /** The repository, unless it is missing or the user may not know that it exists. */
    private Optional<Repository> readable(Incoming request, String name) {
        boolean visible = !settings.isPrivate(name) || access.allows(login.user(request), name, "pull");
        return content.find(name).filter(it -> visible);
    }

    private Answer changed(Incoming request, String name, String action, Change change) throws IOException {
        Optional<Repository> repository = readable(request, name);
        if (repository.isEmpty()) {
            return notFound();
        }
        Optional<String> user = login.user(request);
        if (user.isEmpty()) {
            return Answer.json(401, Map.of("detail", "Authentication credentials were not provided."));
        }
        return access.allows(user, name, action)
                ? change.apply(repository.get())
                : Answer.json(403, Map.of("detail", "You do not have permission to perform this action."));
    }

    private static String name(Matcher matcher) {
        String namespace = Optional.ofNullable(matcher.group("ns")).orElseGet(() -> matcher.group("user"));
        return namespace + "/" + matcher.group("repo");
    }

    private static Answer notFound() {
        return Answer.json(
                404, Map.of("detail", "Object not found", "message", "object not found", "errinfo", Map.of()));
    }

    private static Answer methodNotAllowed(Incoming request) {
        return Answer.json(405, Map.of("detail", "Method \"" + request.method() + "\" not allowed."));
    }

    @FunctionalInterface
    private interface Change {
        Answer apply(Repository repository) throws IOException;
    }
}
