package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists of tags, page by page, and GitLab's old way to delete one. */
final class TagRoutes {

    private static final int ECR_LIMIT = 1000;

    private final RegistryContent content;
    private final RegistrySettings settings;

    TagRoutes(RegistryContent content, RegistrySettings settings) {
        this.content = content;
        this.settings = settings;
    }

    Answer list(Incoming request, String name) {
        Optional<Repository> repository = content.find(name);
        if (!request.reads() || repository.isEmpty()) {
            return request.reads() ? nameUnknown(name) : Answer.error(405, "UNSUPPORTED", "read only");
        }
        if (settings.has(Quirk.IGNORES_PAGING)) {
            return page(name, repository.get().shuffled());
        }
        int asked = request.number("n", request.parameter("n").isPresent() ? -1 : Integer.MAX_VALUE);
        boolean tooMany = settings.has(Quirk.ERROR_ABOVE_1000_TAGS)
                && request.parameter("n").isPresent()
                && asked > ECR_LIMIT;
        if (asked < 0 || tooMany) {
            return Answer.error(
                    400, "PAGINATION_NUMBER_INVALID", "invalid number of results requested", Map.of("n", asked));
        }
        return page(request, name, repository.get(), Math.min(asked, settings.maxPageSize()));
    }

    Answer deleteReference(Incoming request, String name, String tag) {
        if (!settings.has(Quirk.GITLAB_TAG_DELETE) || !request.is("DELETE")) {
            return Answer.of(404);
        }
        boolean deleted = content.find(name).map(it -> it.deleteTag(tag)).orElse(false);
        return deleted ? Answer.of(202) : Answer.error(404, "MANIFEST_UNKNOWN", "manifest unknown");
    }

    private Answer page(Incoming request, String name, Repository repository, int size) {
        boolean again = settings.has(Quirk.REPEATS_A_PAGE) || settings.has(Quirk.IGNORES_LAST);
        String start = again ? "" : PageLink.start(request);
        Collection<String> rest = after(repository, start);
        if (settings.has(Quirk.BEGINS_AGAIN) && rest.isEmpty()) {
            rest = after(repository, "");
        }
        List<String> page = new ArrayList<>();
        for (String tag : rest) {
            if (page.size() == size) {
                break;
            }
            page.add(tag);
        }
        // Comparing with the whole list's size would walk a skip list to its end for every page.
        boolean more = !settings.has(Quirk.NO_LINK)
                && !page.isEmpty()
                && rest.stream().skip(page.size()).findFirst().isPresent();
        Answer answer = page(name, page);
        PageLink link = new PageLink(settings, URI.create(request.origin()));
        return more ? answer.with("Link", link.after(request.path(), size, page.get(page.size() - 1))) : answer;
    }

    private Collection<String> after(Repository repository, String start) {
        if (settings.has(Quirk.UNSORTED_PAGES)) {
            return behind(start, repository.shuffled());
        }
        if (settings.has(Quirk.OLDEST_FIRST)) {
            return behind(start, repository.oldestFirst());
        }
        return repository
                .tags()
                .tailMap(start, settings.has(Quirk.LAST_INCLUDED))
                .keySet();
    }

    private static List<String> behind(String start, List<String> tags) {
        return start.isEmpty() ? tags : tags.subList(tags.indexOf(start) + 1, tags.size());
    }

    private Answer page(String name, Collection<String> tags) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("tags", tags.isEmpty() && settings.has(Quirk.NULL_TAGS_WHEN_EMPTY) ? null : tags);
        return Answer.json(200, json);
    }

    private static Answer nameUnknown(String name) {
        return Answer.error(404, "NAME_UNKNOWN", "repository name not known to registry", Map.of("name", name));
    }
}
