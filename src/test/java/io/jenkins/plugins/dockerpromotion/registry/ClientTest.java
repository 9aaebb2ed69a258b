package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** Starts a registry for each test, with the image {@code group/app}, and creates clients of it. */
abstract class ClientTest {

    InMemoryRegistry registry;
    TestNetwork network;

    ClientTest() {
        this(InMemoryRegistry.builder());
    }

    ClientTest(InMemoryRegistry.Builder builder) {
        start(builder);
    }

    /** Replaces the registry. */
    final void start(InMemoryRegistry.Builder builder) {
        if (registry != null) {
            registry.close();
        }
        registry = builder.start();
        network = TestNetwork.of(registry);
    }

    @AfterEach
    void closeRegistry() {
        registry.close();
    }

    /** Returns the image in the repository {@code group/name}. */
    final ImageName image(String name) {
        return ImageName.parse(registry.host() + "/group/" + name);
    }

    final ImageReference tagged(String tag) {
        return ImageReference.tagged(image("app"), new Tag(tag));
    }

    final ImageReference pinned(TestImage image) {
        return ImageReference.pinned(image("app"), Digest.parse(image.digest()));
    }

    /** Lists the tags of an image and passes each one to {@code tags}. */
    static void list(RegistryClient client, ImageName image, Consumer<ListedTag> tags)
            throws RegistryException, InterruptedException {
        client.<Consumer<ListedTag>>tags(image, () -> tags, "", some -> false);
    }

    final RegistryClient client() throws RegistryException, InterruptedException {
        return client(RegistryAuthentication.ANONYMOUS);
    }

    final RegistryClient client(RegistryAuthentication authentication, Scope... expected)
            throws RegistryException, InterruptedException {
        return RegistryClient.open(
                image("app"), authentication, new LinkedHashSet<>(List.of(expected)), network.context());
    }
}
