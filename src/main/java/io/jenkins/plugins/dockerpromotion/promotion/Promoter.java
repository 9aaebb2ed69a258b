package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Promotes an image by its manifest: the bytes are read once and stored under each target as they are, so the digest
 * cannot change. All targets are looked at before the first is written, and a failure half-way puts them back.
 */
final class Promoter {

    private final PromotionRequest request;
    private final RegistryClient source;
    private final RegistryClient target;
    private final RegistryAuthentication targetAuthentication;
    private final RegistryContext context;

    private Promoter(
            PromotionRequest request,
            RegistryClient source,
            RegistryClient target,
            RegistryAuthentication targetAuthentication,
            RegistryContext context) {
        this.request = request;
        this.source = source;
        this.target = target;
        this.targetAuthentication = targetAuthentication;
        this.context = context;
    }

    /**
     * Promotes, or plans to.
     *
     * @param from the credential for the promoted image
     * @param to the credential for the targets
     * @return what was done, or would be
     * @throws PromotionException if a target may not be overwritten, the digest is not the expected one, or targets had
     *     to be put back
     * @throws RegistryException if a registry cannot be read; nothing was changed then
     */
    static PromotionReceipt promote(
            PromotionRequest request, RegistryAuthentication from, RegistryAuthentication to, RegistryContext context)
            throws RegistryException, PromotionException, InterruptedException {
        Scope write = Scope.pullAndPush(request.toImage().path());
        Scope read = Scope.pull(request.source().name().path());
        // A mount needs both rights in one token.
        Set<Scope> targetScopes = new LinkedHashSet<>(List.of(write));
        if (request.isWithinRegistry() && !request.isWithinRepository()) {
            targetScopes.add(read);
        }
        RegistryClient target = RegistryClient.open(request.toImage(), to, targetScopes, context);
        RegistryClient source = request.isWithinRegistry() && from.equals(to)
                ? target
                : RegistryClient.open(request.source().name(), from, Set.of(read), context);
        return new Promoter(request, source, target, to, context).run();
    }

    private PromotionReceipt run() throws RegistryException, PromotionException, InterruptedException {
        PromotionPlan plan = plan(source.pull(request.source()));
        plan.refuseToOverwrite();
        if (!request.options().dryRun() && !plan.changed().isEmpty()) {
            if (!request.isWithinRepository()) {
                copyContent(plan.manifest());
            }
            ImageTags targets = ImageTags.of(request.toImage(), target, targetAuthentication, context);
            new TargetWriter(plan, target, targets::delete, context.notices()).write();
        }
        return plan.receipt();
    }

    private PromotionPlan plan(Manifest manifest) throws RegistryException, PromotionException, InterruptedException {
        Optional<Digest> expected = request.expectedDigest();
        if (expected.isPresent() && !expected.get().equals(manifest.digest())) {
            throw new PromotionException("Cannot promote " + request.source() + ": it is " + manifest.digest()
                    + " now, and " + expected.get() + " was expected; nothing was changed");
        }
        List<Callable<PromotionPlan.Target>> looks = request.to().stream()
                .<Callable<PromotionPlan.Target>>map(tag -> () ->
                        new PromotionPlan.Target(tag, target.digestOf(ImageReference.tagged(request.toImage(), tag))))
                .toList();
        return new PromotionPlan(request, manifest, Parallel.all(looks, Parallel.PER_HOST));
    }

    private void copyContent(Manifest manifest) throws RegistryException, InterruptedException {
        Notices notices = context.notices();
        ImageCopier copier = new ImageCopier(
                new ImageCopier.Side(source, request.source().name()),
                new ImageCopier.Side(target, request.toImage()),
                new TransferLog(notices, context.time()),
                context.network().timing().attempts());
        copier.copy(manifest);
        if (request.options().referrers()) {
            new ReferrerCopier(copier, notices).copy(manifest.digest());
        }
    }
}
