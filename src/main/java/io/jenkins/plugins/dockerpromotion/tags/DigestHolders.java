package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.registry.Descriptor;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Which tags of an image would suffer if a digest was deleted: those that point to it, and those of an index that lists
 * it. Costs one request a tag.
 */
final class DigestHolders {

    private final Map<Digest, TreeSet<String>> holders = new HashMap<>();

    private DigestHolders() {}

    private record Seen(Tag tag, Optional<Manifest> manifest) {}

    /** Looks at every tag there is. */
    static DigestHolders find(Collection<Tag> all, ImageTags tags, RegistryContext context)
            throws RegistryException, InterruptedException {
        context.notices()
                .say("The registry deletes digests only, with all their tags; looking which of " + all.size()
                        + " tags share one");
        Progress progress = new Progress(context, "looked at", all.size());
        List<Callable<Seen>> looks = all.stream()
                .<Callable<Seen>>map(tag -> () -> {
                    Seen seen = new Seen(tag, tags.manifestOf(tag));
                    progress.step();
                    return seen;
                })
                .toList();
        DigestHolders found = new DigestHolders();
        Parallel.all(looks, Parallel.PER_HOST).forEach(found::add);
        return found;
    }

    private void add(Seen seen) {
        seen.manifest().ifPresent(manifest -> {
            add(manifest.digest(), seen.tag());
            manifest.children().stream().map(Descriptor::digest).forEach(child -> add(child, seen.tag()));
        });
    }

    private void add(Digest digest, Tag tag) {
        holders.computeIfAbsent(digest, d -> new TreeSet<>()).add(tag.value());
    }

    /** The tags that need {@code digest}, but for those that are to go. */
    List<String> others(Digest digest, Collection<Tag> going) {
        return holders.getOrDefault(digest, new TreeSet<>()).stream()
                .filter(name -> !going.contains(new Tag(name)))
                .toList();
    }
}
