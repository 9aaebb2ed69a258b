package io.jenkins.plugins.dockerpromotion.history;

import hudson.AbortException;
import hudson.model.Item;
import io.jenkins.plugins.dockerpromotion.config.ControllerQuery;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.history.TargetHistory.Placement;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks in the registries whether the current tags still point to the promoted images. Uses the default credentials of
 * each registry, and requires the permission to build the job.
 */
public final class RegistryCheck {

    /** Maximum number of tags to check on one page. */
    private static final int MOST_TAGS = 50;

    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    private RegistryCheck() {}

    /** Whether the user may check a tag, and its registry has default credentials. */
    static boolean isPossible(Placement placement) {
        return placement.entry().job().hasPermission(Item.BUILD)
                && credentialsId(placement.image()).isPresent();
    }

    private static Optional<String> credentialsId(String image) {
        try {
            return DockerPromotionConfiguration.get()
                    .credentialsIdFor(ImageName.parse(image).host());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @param current the tags of a page; those that the user may not check are skipped */
    static RegistryCheck of(List<Placement> current) throws InterruptedException {
        RegistryCheck check = new RegistryCheck();
        Map<String, List<Placement>> byImage = current.stream()
                .filter(RegistryCheck::isPossible)
                .limit(MOST_TAGS)
                .collect(Collectors.groupingBy(Placement::image));
        for (Map.Entry<String, List<Placement>> image : byImage.entrySet()) {
            try {
                Map<String, String> answers =
                        ControllerQuery.ask(context -> ask(image.getKey(), image.getValue(), context));
                check.texts.putAll(answers);
            } catch (AbortException e) {
                check.failures.put(image.getKey(), e.getMessage());
            }
        }
        return check;
    }

    private static Map<String, String> ask(String image, List<Placement> placements, RegistryContext context)
            throws IOException, RegistryException, InterruptedException {
        ImageName name = ImageName.parse(image);
        RegistryAuthentication credential = RegistryCredentials.find(
                placements.get(0).entry().job(), credentialsId(image).orElseThrow(), name.host());
        RegistryClient client = RegistryClient.open(name, credential, Set.of(Scope.pull(name.path())), context);
        Map<String, String> texts = new HashMap<>();
        for (Placement placement : placements) {
            Optional<Digest> digest = client.digestOf(new ImageReference(name, placement.tag()));
            texts.put(key(placement), text(placement, digest));
        }
        return texts;
    }

    private static String text(Placement placement, Optional<Digest> now) {
        if (now.isEmpty()) {
            return Messages.RegistryCheck_deleted();
        }
        return now.get().toString().equals(placement.digest())
                ? ""
                : Messages.RegistryCheck_moved(now.get().abbreviated());
    }

    private static String key(Placement placement) {
        return placement.image() + ":" + placement.tag();
    }

    /** Whether the registry answered about this tag. */
    public boolean isKnown(Placement placement) {
        return texts.containsKey(key(placement));
    }

    /** How a tag differs from its record; empty if it does not. */
    public String text(Placement placement) {
        return texts.getOrDefault(key(placement), "");
    }

    /** Errors of registries, by image. */
    public Map<String, String> getFailures() {
        return Map.copyOf(failures);
    }
}
