package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Docker Hub's lists of tags, newest first, and single tags. */
final class HubTags {

    private static final int DEFAULT_PAGE_SIZE = 10;

    private final HubSettings settings;

    HubTags(HubSettings settings) {
        this.settings = settings;
    }

    Answer list(Incoming request, Repository repository) {
        List<Repository.Tag> tags = selected(request, repository);
        int size = Math.min(request.number("page_size", DEFAULT_PAGE_SIZE), settings.largestPage());
        int page = request.number("page", 1);
        boolean pastTheEnd = page > 1 && (long) (page - 1) * size >= tags.size();
        if (size < 1 || page < 1 || pastTheEnd) {
            return Answer.json(404, Map.of("detail", "Invalid page.", "message", "object not found"));
        }
        int from = (page - 1) * size;
        int to = Math.min(from + size, tags.size());
        HubTagView view = new HubTagView(repository, settings.unconfirmedFields());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("count", tags.size());
        json.put("next", to < tags.size() ? link(request, page + 1, size) : null);
        json.put("previous", page > 1 ? link(request, page - 1, size) : null);
        json.put("results", tags.subList(from, to).stream().map(view::json).toList());
        return Answer.json(200, json);
    }

    Answer get(Repository repository, String name) {
        return repository
                .tag(name)
                .map(tag -> Answer.json(200, new HubTagView(repository, settings.unconfirmedFields()).json(tag)))
                .orElseGet(() -> notFound(name));
    }

    Answer delete(Repository repository, String name) {
        if (repository.immutable() && repository.tag(name).isPresent()) {
            return Answer.json(403, Map.of("detail", "tag is immutable", "message", "tag " + name + " is immutable"));
        }
        return repository.deleteTag(name) ? Answer.of(204) : notFound(name);
    }

    private List<Repository.Tag> selected(Incoming request, Repository repository) {
        Optional<String> part = request.parameter("name").filter(it -> settings.unconfirmedFields());
        Optional<String> ordering = request.parameter("ordering").filter(it -> settings.unconfirmedFields());
        List<Repository.Tag> tags = repository.newestFirst();
        if (part.isPresent()) {
            tags = tags.stream().filter(tag -> tag.name().contains(part.get())).toList();
        }

        Comparator<Repository.Tag> byName = Comparator.comparing(Repository.Tag::name);
        return switch (ordering.orElse("")) {
            case "name" -> tags.stream().sorted(byName).toList();
            case "-name" -> tags.stream().sorted(byName.reversed()).toList();
            default -> tags;
        };
    }

    private static String link(Incoming request, int page, int size) {
        StringBuilder link =
                new StringBuilder(request.origin() + request.path() + "?page=" + page + "&page_size=" + size);
        for (String name : List.of("name", "ordering")) {
            request.parameter(name).ifPresent(value -> link.append("&" + name + "=" + value));
        }
        return link.toString();
    }

    private static Answer notFound(String name) {
        String message = "tag '" + name + "' not found";
        return Answer.json(404, Map.of("detail", message, "message", message, "errinfo", Map.of()));
    }
}
