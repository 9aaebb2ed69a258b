package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A parsed notification.
 *
 * @param source the kind of sender, for messages
 * @param events the pushes it reports; empty if it reports something else
 */
public record Payload(String source, List<PushEvent> events) {

    /** Maximum size of a body, in bytes. */
    public static final int MAX_BYTES = 1024 * 1024;

    private static final String FORM_FIELD = "payload=";

    /** The supported formats. The first one that recognises a body reads it. */
    private static final List<Format> FORMATS = List.of(
            new Format("Docker Hub", Payload::isDockerHub, (body, hosts) -> dockerHub(body)),
            new Format("CNCF registry", body -> body.field("events").isArray(), (body, hosts) -> events(body)),
            new Format("Harbor", body -> harborData(body).isObject(), (body, hosts) -> harbor(body)),
            new Format("Artifactory", Payload::isArtifactory, Payload::artifactory),
            new Format("Gitea", Payload::isGitea, Payload::gitea),
            new Format("GitHub", Payload::isGitHub, (body, hosts) -> gitHub(body)),
            new Format("Quay", Payload::isQuay, (body, hosts) -> quay(body)),
            new Format("Azure Container Registry", Payload::isAzure, (body, hosts) -> distribution(body)));

    /**
     * @param understands whether a body has the format of this sender's notifications
     * @param reader takes the body, and the hosts of the administrator's registries
     */
    private record Format(
            String source, Predicate<Json> understands, BiFunction<Json, Collection<String>, List<Report>> reader) {}

    /** A push as its sender reports it: the fields are unchecked, and empty if they are missing. */
    private record Report(
            String image, String tag, String digest, String pusher, Optional<Instant> time, String callback) {
        Report(String image, String tag, String digest, String pusher, Optional<Instant> time) {
            this(image, tag, digest, pusher, time, "");
        }

        PushEvent event() {
            if (!Tag.isValid(tag)) {
                throw new IllegalArgumentException("the tag is not valid");
            }
            return new PushEvent(
                    Fields.image(image), new Tag(tag), Fields.digest(digest), pusher, time, Fields.address(callback));
        }
    }

    public Payload {
        events = List.copyOf(events);
    }

    /**
     * Parses a body.
     *
     * @param contentType the value of the header; may be empty
     * @param hosts of the administrator's registries, for notifications without a host
     * @throws IllegalArgumentException in one line that does not quote the body, if it cannot be read
     */
    public static Payload parse(byte[] body, String contentType, Collection<String> hosts) {
        if (body.length > MAX_BYTES) {
            throw new IllegalArgumentException("the body is longer than " + MAX_BYTES + " bytes");
        }
        Json json = Json.parse(isForm(body, contentType) ? field(body) : body)
                .filter(Json::isObject)
                .orElseThrow(() -> new IllegalArgumentException("the body is not a JSON object, or too deeply nested"));
        for (Format format : FORMATS) {
            if (format.understands.test(json)) {
                return new Payload(format.source, pushes(format.reader.apply(json, hosts)));
            }
        }
        throw new IllegalArgumentException(
                "the body is not a notification from Docker Hub, the CNCF registry, GitLab, Harbor,"
                        + " Artifactory, Gitea, the GitHub container registry, Quay or Azure's registry");
    }

    /** All pushes of tags; an unreadable one does not hide the others. */
    private static List<PushEvent> pushes(List<Report> reports) {
        List<PushEvent> events = new ArrayList<>();
        IllegalArgumentException unreadable = null;
        for (Report report : reports) {
            try {
                if (!Fields.isNoTag(report.tag)) {
                    events.add(report.event());
                }
            } catch (IllegalArgumentException e) {
                unreadable = e;
            }
        }
        if (events.isEmpty() && unreadable != null) {
            throw unreadable;
        }
        return events;
    }

    private static List<Report> each(Json parts, Function<Json, List<Report>> reader) {
        return parts.items().stream()
                .flatMap(part -> reader.apply(part).stream())
                .toList();
    }

    /** Splits the payload into parts with at most this many events; one part if there are none. */
    public List<Payload> parts(int size) {
        List<Payload> parts = new ArrayList<>();
        for (int from = 0; parts.isEmpty() || from < events.size(); from += size) {
            parts.add(new Payload(source, events.subList(from, Math.min(from + size, events.size()))));
        }
        return parts;
    }

    /** Some senders label JSON as a form. A real form has a 'payload' field, as in GitHub's webhooks. */
    private static boolean isForm(byte[] body, String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded")
                && new String(body, 0, Math.min(body.length, FORM_FIELD.length()), StandardCharsets.US_ASCII)
                        .equals(FORM_FIELD);
    }

    private static byte[] field(byte[] body) {
        String form = new String(body, StandardCharsets.US_ASCII).substring(FORM_FIELD.length());
        int end = form.indexOf('&');
        try {
            return URLDecoder.decode(end < 0 ? form : form.substring(0, end), StandardCharsets.UTF_8)
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the form field 'payload' is not URL-encoded");
        }
    }

    private static boolean isDockerHub(Json body) {
        return body.field("push_data").isObject() && body.field("repository").isObject();
    }

    private static List<Report> dockerHub(Json body) {
        Json push = body.field("push_data");
        return List.of(new Report(
                // With this host as a prefix, no name can claim to be on another registry.
                ImageName.DOCKER_HUB + "/" + body.field("repository").text("repo_name"),
                push.text("tag"),
                "",
                push.text("pusher"),
                Fields.seconds(push.number("pushed_at", 0)),
                body.text("callback_url")));
    }

    /** {@code application/vnd.docker.distribution.events.v1+json}, which GitLab's registry sends too. */
    private static List<Report> events(Json body) {
        return each(body.field("events"), Payload::distribution);
    }

    /** Only pushes of tagged manifests count, not those of their blobs. */
    private static List<Report> distribution(Json event) {
        if (!event.text("action").equals("push")) {
            return List.of();
        }
        Json target = event.field("target");
        // The registry does not know its own name. The host of the client's request is the host in the image name.
        String asked = event.field("request").text("host");
        String host = asked.isEmpty() ? Fields.host(target.text("url")).orElse("") : asked;
        return List.of(new Report(
                host + "/" + target.text("repository"),
                target.text("tag"),
                target.text("digest"),
                event.field("actor").text("name"),
                Fields.instant(event.text("timestamp"))));
    }

    /** Azure's registry sends a single event in the CNCF registry's format, or a ping to test the webhook. */
    private static boolean isAzure(Json body) {
        return !body.text("action").isEmpty()
                && (body.field("target").isObject() || body.text("action").equals("ping"))
                && !body.text("id").isEmpty();
    }

    /**
     * Harbor's default format has the data in {@code event_data}, its CloudEvents in {@code data}. Before Harbor 2, the event
     * was {@code pushImage}.
     */
    private static Json harborData(Json body) {
        String type = body.text("type");
        return !type.isEmpty() && body.field("event_data").isObject()
                ? body.field("event_data")
                : body.field(type.startsWith("harbor.") ? "data" : "");
    }

    private static List<Report> harbor(Json body) {
        Json data = harborData(body);
        return switch (body.text("type")) {
            case "PUSH_ARTIFACT", "harbor.artifact.pushed", "pushImage" ->
                each(data.field("resources"), resource -> harborPush(body, data, resource));
            case "REPLICATION", "harbor.replication.status.changed" -> {
                Json replication = data.field("replication");
                yield each(
                        replication.field("successful_artifact"),
                        artifact -> harborReplication(body, replication, artifact));
            }
            default -> List.of();
        };
    }

    private static List<Report> harborPush(Json body, Json data, Json resource) {
        String url = resource.text("resource_url");
        int slash = url.indexOf('/');
        String path = data.field("repository").text("repo_full_name");
        return slash < 0
                ? List.of()
                : List.of(harborReport(
                        body, url.substring(0, slash) + "/" + path, resource.text("tag"), resource.text("digest")));
    }

    private static Report harborReport(Json body, String image, String tag, String digest) {
        Optional<Instant> time = Fields.seconds(body.number("occur_at", 0));
        return new Report(image, tag, digest, body.text("operator"), time.or(() -> Fields.instant(body.text("time"))));
    }

    /** The result of a replication to or from another registry; Harbor does not send a push event for it. */
    private static List<Report> harborReplication(Json body, Json replication, Json artifact) {
        Json target = replication.field("dest_resource");
        // Harbor uses an internal name for itself, such as 'core:8080'.
        String host = Fields.host(target.text("endpoint"))
                .filter(name -> name.matches(".*[.\\]].*|localhost(?::.*)?"))
                .map(name -> name.equals("hub.docker.com") ? ImageName.DOCKER_HUB : name)
                .orElse(replication.text("harbor_hostname"));
        // 'app [2 item(s) in total]' with separate tags, or 'app:1.0' before Harbor 2.8.
        String[] nameAndTag = artifact.text("name_tag").split("[ :]", 2);
        List<String> tags = artifact.field("references").itemTexts();
        if (tags.isEmpty() && artifact.text("name_tag").contains(":")) {
            tags = List.of(nameAndTag[1]);
        }
        String namespace = target.text("namespace");
        String path = namespace.isEmpty() ? nameAndTag[0] : namespace + "/" + nameAndTag[0];
        return tags.stream()
                .map(tag -> harborReport(body, host + "/" + path, tag, ""))
                .toList();
    }

    private static boolean isArtifactory(Json body) {
        return !body.text("domain").isEmpty()
                && !body.text("event_type").isEmpty()
                && body.field("data").isObject();
    }

    /**
     * Returns several events for one push: image names may contain the repository in the path, in the host name, or not
     * at all (JFrog's "HTTP settings": repository path, subdomain, port). A job waits for one of these names.
     */
    private static List<Report> artifactory(Json body, Collection<String> configured) {
        Json data = body.field("data");
        boolean isPush = body.text("domain").equals("docker")
                && List.of("pushed", "promoted").contains(body.text("event_type"));
        if (!isPush || Fields.isNoTag(data.text("tag"))) {
            return List.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (String host : Fields.hosts("jpd_origin", body.text("jpd_origin"), configured)) {
            names.add(host + "/" + data.text("repo_key") + "/" + data.text("image_name"));
            names.add(data.text("repo_key") + "." + host + "/" + data.text("image_name"));
            names.add(host + "/" + data.text("image_name"));
        }
        String digest = "sha256:" + data.text("sha256");
        return names.stream()
                .map(name -> new Report(name, data.text("tag"), digest, body.text("source"), Optional.empty()))
                .toList();
    }

    private static boolean isGitea(Json body) {
        return !body.field("package").text("type").isEmpty();
    }

    private static List<Report> gitea(Json body, Collection<String> configured) {
        Json found = body.field("package");
        boolean isPush = List.of("created", "updated").contains(body.text("action"));
        if (!isPush || !found.text("type").equals("container") || Fields.isNoTag(found.text("version"))) {
            return List.of();
        }
        String path = found.field("owner").text("login") + "/" + found.text("name");
        String creator = found.field("creator").text("login");
        String pusher = creator.isEmpty() ? body.field("sender").text("login") : creator;
        return Fields.hosts("package.html_url", found.text("html_url"), configured).stream()
                .map(host -> new Report(
                        host + "/" + path.toLowerCase(Locale.ROOT),
                        found.text("version"),
                        "",
                        pusher,
                        Fields.instant(found.text("created_at"))))
                .toList();
    }

    /** The events {@code package} and {@code registry_package}, and the ping that GitHub sends for a new webhook. */
    private static boolean isGitHub(Json body) {
        return gitHubPackage(body).isObject() || !body.text("zen").isEmpty() && body.hasNumber("hook_id");
    }

    private static Json gitHubPackage(Json body) {
        Json found = body.field("package");
        return found.isObject() ? found : body.field("registry_package");
    }

    private static List<Report> gitHub(Json body) {
        Json found = gitHubPackage(body);
        boolean isPush = List.of("published", "updated").contains(body.text("action"));
        if (!isPush || !found.text("package_type").equalsIgnoreCase("container")) {
            return List.of();
        }
        Json version = found.field("package_version");
        Json tag = version.field("container_metadata").field("tag");
        // 'ghcr.io/octo/hello:v1', or the host of a GitHub Enterprise Server.
        String address = version.text("package_url");
        String host = Fields.host(address.contains("://") ? address : "https://" + address)
                .orElse("ghcr.io");
        String owner = found.field("owner").text("login");
        String path = (owner.isEmpty() ? found.text("namespace") : owner) + "/" + found.text("name");
        return List.of(new Report(
                host + "/" + path.toLowerCase(Locale.ROOT),
                tag.text("name"),
                tag.text("digest").isEmpty() ? version.text("version") : tag.text("digest"),
                body.field("sender").text("login"),
                Fields.instant(version.text("updated_at")).or(() -> Fields.instant(found.text("updated_at")))));
    }

    private static boolean isQuay(Json body) {
        return !body.text("docker_url").isEmpty() && !body.text("repository").isEmpty();
    }

    /**
     * The event {@code repo_push} with a list of tags, which contains neither the time nor the digest. Older releases send
     * an object: each tag with its digest, or with the id of its image.
     */
    private static List<Report> quay(Json body) {
        Json tags = body.field("updated_tags");
        List<String> names = tags.isObject() ? tags.names() : tags.itemTexts();
        return names.stream()
                .map(tag -> new Report(body.text("docker_url"), tag, tags.text(tag), "", Optional.empty()))
                .toList();
    }
}
