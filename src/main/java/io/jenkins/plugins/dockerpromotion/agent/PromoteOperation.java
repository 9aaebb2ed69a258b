package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import java.io.IOException;

/**
 * Promotes an image.
 *
 * @param from the credential for the promoted image
 * @param to the credential for the targets
 */
public record PromoteOperation(PromotionRequest request, RegistryAuthentication from, RegistryAuthentication to)
        implements Operation<PromotionReceipt> {

    @Override
    public PromotionReceipt run(RegistryContext context) throws IOException, InterruptedException {
        return request.with(from, to).run(context);
    }
}
