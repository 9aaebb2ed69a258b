package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import java.io.Serializable;
import java.util.Objects;

/**
 * What to prune.
 *
 * @param maxDelete if more tags than this were to go, none does
 * @param dryRun whether only to say what would go
 */
public record PruneRequest(ImageName image, RetentionPolicy policy, int maxDelete, boolean dryRun)
        implements Serializable {

    /** @throws IllegalArgumentException in one line, if {@code maxDelete} is less than 1 */
    public PruneRequest {
        Objects.requireNonNull(image);
        Objects.requireNonNull(policy);
        if (maxDelete < 1) {
            throw new IllegalArgumentException("'maxDelete' is at least 1");
        }
    }
}
