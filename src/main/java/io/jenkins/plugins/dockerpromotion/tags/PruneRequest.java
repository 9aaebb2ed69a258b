package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;
import java.util.Objects;

/**
 * Deletes old tags of an image.
 *
 * @param maxDelete if more tags than this would be deleted, none is
 * @param dryRun whether to report only
 * @param orphans whether to delete attachments whose image no longer exists
 */
public record PruneRequest(
        ImageName image,
        RetentionPolicy policy,
        int maxDelete,
        boolean dryRun,
        boolean orphans,
        RegistryAuthentication authentication)
        implements Operation<PruneReceipt> {

    /** A request without orphans and without a credential. */
    public PruneRequest(ImageName image, RetentionPolicy policy, int maxDelete, boolean dryRun) {
        this(image, policy, maxDelete, dryRun, false, RegistryAuthentication.ANONYMOUS);
    }

    /** @throws IllegalArgumentException in one line, if {@code maxDelete} is less than 1 */
    public PruneRequest {
        Objects.requireNonNull(image);
        Objects.requireNonNull(policy);
        if (maxDelete < 1) {
            throw new IllegalArgumentException("'maxDelete' must be at least 1");
        }
    }

    /** The same with a credential. */
    public PruneRequest with(RegistryAuthentication credential) {
        return new PruneRequest(image, policy, maxDelete, dryRun, orphans, credential);
    }

    /** The same, including attachments whose image no longer exists. */
    public PruneRequest withOrphans() {
        return new PruneRequest(image, policy, maxDelete, dryRun, true, authentication);
    }

    @Override
    public PruneReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return Pruner.prune(this, context);
    }
}
