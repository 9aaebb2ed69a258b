package io.jenkins.plugins.dockerpromotion.attachment;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Checks the signatures and attestations of an image.
 *
 * @param image by tag or digest
 * @param predicates whether to return the content of the attestations
 */
public record SignatureCheck(
        ImageReference image, VerificationRequirement requirement, boolean predicates, RegistryAuthentication login)
        implements Operation<VerifiedImage> {

    /** @throws UnverifiedImageException if a required signature or attestation is missing */
    @Override
    public VerifiedImage run(RegistryContext context) throws IOException, InterruptedException {
        RegistryClient client = RegistryClient.open(
                image.name(), login, Set.of(Scope.pull(image.name().path())), context);
        Digest digest = image.isPinned()
                ? Digest.parse(image.reference())
                : client.pull(image).digest();
        return Verifier.verify(client, image.name(), digest, List.of(requirement), predicates);
    }
}
