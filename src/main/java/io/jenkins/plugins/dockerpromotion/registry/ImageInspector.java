package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Inspects images by their manifests and configurations, never by their layers. Takes one request for a manifest, one
 * more for each platform of an index, and one for each configuration. Each manifest counts as a pull if the registry
 * counts pulls.
 */
public final class ImageInspector {

    /** Images with hundreds of layers have about 100 KiB. */
    private static final int MAX_CONFIG = 4 * 1024 * 1024;

    /** Each platform is read. The largest images have about twenty. */
    private static final int MAX_PLATFORMS = 1_000;

    private static final String CREATED = "org.opencontainers.image.created";

    private final RegistryClient client;
    private final Optional<DockerHub> hub;

    private ImageInspector(RegistryClient client, Optional<DockerHub> hub) {
        this.client = client;
        this.hub = hub;
    }

    /** Opens the registry of {@code image} to inspect only this image. */
    public static ImageInspector open(ImageName image, RegistryAuthentication authentication, RegistryContext context)
            throws RegistryException, InterruptedException {
        RegistryClient client = RegistryClient.open(image, authentication, Set.of(Scope.pull(image.path())), context);
        return new ImageInspector(
                client, image.isDockerHub() ? Optional.of(DockerHub.open(authentication, context)) : Optional.empty());
    }

    /** The registry of the image. */
    public RegistryClient registry() {
        return client;
    }

    /** Inspects images with {@code client} only, without Docker Hub's own API. */
    public static ImageInspector of(RegistryClient client) {
        return new ImageInspector(client, Optional.empty());
    }

    /** The manifest of one platform, with data from its configuration. */
    private record Part(
            ImageInfo.Platform platform, Optional<Instant> created, Map<String, String> labels, Manifest of) {}

    /**
     * Only the digest and media type. One HEAD request, which is not a pull.
     *
     * @throws RegistryException also if there is no such image
     */
    public ImageInfo resolve(ImageReference reference) throws RegistryException, InterruptedException {
        Optional<Descriptor> found = client.resolve(reference);
        if (found.isEmpty()) {
            throw new NotFoundException(
                    "Cannot inspect " + reference + " on " + reference.name().host() + ": there is no such image; check"
                            + " that it exists (private images look missing without permission)",
                    new RegistryException.Reason(404, List.of(), false));
        }
        return new ImageInfo(
                found.get().digest().toString(),
                found.get().mediaType(),
                List.of(),
                0,
                "",
                Map.of(),
                Map.of(),
                -1,
                List.of());
    }

    /**
     * All information. On Docker Hub, which counts pulls, reads only the manifest and configuration of {@code
     * linux/amd64}, or else of the first platform; the sizes of the others come from its own API.
     *
     * @throws RegistryException also if there is no such image
     */
    public ImageInfo inspect(ImageReference reference) throws RegistryException, InterruptedException {
        Manifest top = client.pull(reference);
        if (top.children().size() > MAX_PLATFORMS) {
            throw new RegistryException("Cannot inspect " + reference + " on "
                    + reference.name().host() + ": it lists more than " + MAX_PLATFORMS + " platforms");
        }
        if (top.children().isEmpty()) {
            Part part = read(reference.name(), top, "");
            List<ImageInfo.Platform> platforms = part.platform.os().isEmpty() ? List.of() : List.of(part.platform);
            return info(top, platforms, List.of(part), Optional.of(part));
        }
        List<Descriptor> children = top.children().stream()
                .filter(child -> !child.platform().startsWith("unknown/"))
                .toList();
        Map<Digest, Long> sizes =
                hub.isPresent() && !reference.isPinned() ? sizesKnownTo(hub.get(), reference) : Map.of();
        Optional<Descriptor> first = children.stream()
                .filter(child -> child.platform().equals("linux/amd64"))
                .findFirst()
                .or(() -> children.stream().findFirst());
        Map<Digest, Optional<Part>> parts = read(
                reference.name(),
                children.stream()
                        .filter(child -> first.equals(Optional.of(child)) || !sizes.containsKey(child.digest()))
                        .toList());
        List<ImageInfo.Platform> platforms = children.stream()
                .map(child -> platform(child, parts.get(child.digest()), sizes))
                .toList();
        List<Part> read = parts.values().stream().flatMap(Optional::stream).toList();
        Optional<Part> shown = first.flatMap(child -> parts.get(child.digest()))
                .or(() -> read.stream().findFirst());
        return info(top, platforms, read, shown);
    }

    /** Reads each manifest once, even if several platforms share it; empty for manifests that no longer exist. */
    private Map<Digest, Optional<Part>> read(ImageName name, List<Descriptor> children)
            throws RegistryException, InterruptedException {
        Map<Digest, Descriptor> distinct = new LinkedHashMap<>();
        children.forEach(child -> distinct.putIfAbsent(child.digest(), child));
        Map<Digest, Optional<Part>> parts = Parallel.map(distinct.keySet(), Parallel.PER_HOST, digest -> {
            Optional<Manifest> manifest = client.pullIfPresent(ImageReference.pinned(name, digest));
            return manifest.isPresent()
                    ? Optional.of(
                            read(name, manifest.get(), distinct.get(digest).platform()))
                    : Optional.empty();
        });
        return parts;
    }

    /** @param part its manifest; empty if it does not exist, {@code null} if it was not read */
    private static ImageInfo.Platform platform(Descriptor child, Optional<Part> part, Map<Digest, Long> sizes) {
        if (part == null) {
            return platform(child.platform(), child.digest(), sizes.get(child.digest()));
        }
        if (part.isEmpty()) {
            return platform(child.platform(), child.digest(), 0).missing();
        }
        ImageInfo.Platform read = part.get().platform;
        return child.platform().isEmpty() ? read : platform(child.platform(), child.digest(), read.size());
    }

    /** Credentials that may pull may not be valid for the API. All platforms are read in that case. */
    private static Map<Digest, Long> sizesKnownTo(DockerHub hub, ImageReference reference) throws InterruptedException {
        try {
            return hub.tag(reference).map(ListedTag::platforms).orElse(Map.of());
        } catch (RegistryException e) {
            return Map.of();
        }
    }

    private static ImageInfo info(
            Manifest top, List<ImageInfo.Platform> platforms, List<Part> parts, Optional<Part> first) {
        Map<String, String> annotations = new LinkedHashMap<>();
        long size = platforms.stream().mapToLong(ImageInfo.Platform::size).sum();
        if (first.isPresent()) {
            annotations.putAll(first.get().of.annotations());
            size = platforms.isEmpty() ? first.get().platform.size() : size;
        }
        annotations.putAll(top.annotations());
        String created = parts.stream()
                .flatMap(part -> part.created.stream())
                .max(Instant::compareTo)
                .or(() -> moment(annotations.getOrDefault(CREATED, "")))
                .map(Instant::toString)
                .orElse("");
        Map<String, String> labels = first.map(Part::labels).orElse(Map.of());
        return new ImageInfo(
                top.digest().toString(), top.mediaType(), platforms, size, created, labels, annotations, -1, List.of());
    }

    /** @param platform from the index; empty for a manifest without an index, whose configuration has the platform */
    private Part read(ImageName name, Manifest manifest, String platform)
            throws RegistryException, InterruptedException {
        Optional<Json> config =
                manifest.config().isPresent() ? config(name, manifest.config().get()) : Optional.empty();
        String said = config.map(c -> Stream.of("os", "architecture", "variant")
                        .map(c::text)
                        .filter(text -> !text.isEmpty())
                        .reduce((a, b) -> a + "/" + b)
                        .orElse(""))
                .orElse("");
        long size = manifest.blobs().stream()
                .mapToLong(blob -> Math.max(0, blob.size()))
                .sum();
        return new Part(
                platform(platform.isEmpty() ? said : platform, manifest.digest(), size),
                config.flatMap(c -> moment(c.text("created"))),
                config.map(c -> c.field("config").field("Labels").texts()).orElse(Map.of()),
                manifest);
    }

    /** Empty if it does not exist or is not JSON, because it then belongs to something other than an image. */
    private Optional<Json> config(ImageName name, Descriptor config) throws RegistryException, InterruptedException {
        if (config.size() < 0
                || config.size() > MAX_CONFIG
                || !config.mediaType().endsWith("json")) {
            return Optional.empty();
        }
        try {
            return Json.parse(client.readBlob(name, config));
        } catch (NotFoundException e) {
            // The rest is still useful.
            return Optional.empty();
        }
    }

    private static ImageInfo.Platform platform(String text, Digest digest, long size) {
        String[] words = (text + "///").split("/", -1);
        return new ImageInfo.Platform(words[0], words[1], words[2], digest.toString(), size);
    }

    /** Docker sometimes writes another time zone than UTC. */
    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
