package io.jenkins.plugins.dockerpromotion.registry;

import java.net.URI;
import java.util.Optional;

/**
 * Web pages of images on public registries. The page of a self-hosted registry cannot be derived from the name of an
 * image.
 */
public final class RegistryPage {

    private RegistryPage() {}

    /** The page of an image, with this tag if the registry supports it. */
    public static Optional<URI> of(ImageName image, Tag tag) {
        return Optional.ofNullable(address(image, tag)).map(URI::create);
    }

    /** The page with the tags of an image. */
    public static Optional<URI> of(ImageName image) {
        return Optional.ofNullable(address(image)).map(URI::create);
    }

    /** The page that describes a repository on Docker Hub. */
    public static Optional<URI> ofDescription(ImageName image) {
        return image.isDockerHub() ? Optional.of(URI.create(dockerHub(image))) : Optional.empty();
    }

    private static String address(ImageName image) {
        return switch (image.host()) {
            case ImageName.DOCKER_HUB -> dockerHub(image) + "/tags";
            case "quay.io" -> "https://quay.io/repository/" + image.path() + "?tab=tags";
            case "registry.gitlab.com" -> gitLab(image);
            case "public.ecr.aws" -> "https://gallery.ecr.aws/" + image.path();
            default -> null;
        };
    }

    private static String address(ImageName image, Tag tag) {
        return switch (image.host()) {
            case ImageName.DOCKER_HUB -> address(image) + "?name=" + tag;
            // Redirects to the package's page, for both people and organizations.
            case "ghcr.io" -> "https://ghcr.io/" + image.path() + ":" + tag;
            case "quay.io" -> address(image) + "&tag=" + tag;
            default -> address(image);
        };
    }

    private static String dockerHub(ImageName image) {
        return "https://hub.docker.com/"
                + (image.namespace().equals("library") ? "_/" + image.repository() : "r/" + image.path());
    }

    /** The page belongs to a project, and a longer path does not show where the path of the project ends. */
    private static String gitLab(ImageName image) {
        boolean isProject = image.path().chars().filter(c -> c == '/').count() == 1;
        return isProject ? "https://gitlab.com/" + image.path() + "/container_registry" : null;
    }
}
