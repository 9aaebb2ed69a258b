package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.Map;

/**
 * Removes a tag, or a manifest by its digest (OCI distribution specification, "Deleting tags" and "Deleting manifests").
 * Registries that cannot do this answer 400 or 405, which is an error here. Returns whether it was there.
 */
public record ManifestDeleter(ImageReference target) implements RegistryOperation<Boolean> {

    /** Removes the tag alone: its manifest and that one's other tags stay. */
    public static ManifestDeleter ofTag(ImageReference target) {
        if (target.isPinned()) {
            throw new IllegalArgumentException("deleting a digest takes every tag that points to it along");
        }
        return new ManifestDeleter(target);
    }

    /** Removes the manifest, and with it every tag that points to it. */
    public static ManifestDeleter ofDigest(ImageReference target) {
        if (!target.isPinned()) {
            throw new IllegalArgumentException("a manifest is deleted by its digest");
        }
        return new ManifestDeleter(target);
    }

    @Override
    public RegistryRequest request() {
        return RegistryRequest.of(
                "delete the " + (target.isPinned() ? "manifest " : "tag ") + target,
                "DELETE",
                Routes.manifest(target),
                Map.of(),
                Scope.of(target.name().path(), "delete", "pull", "push"));
    }

    @Override
    public boolean accepts(int status) {
        return status == 202 || status == 200 || status == 204 || status == 404;
    }

    @Override
    public Boolean read(Answer answer) {
        return answer.status() != 404;
    }
}
