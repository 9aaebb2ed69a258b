package io.jenkins.plugins.dockerpromotion.attachment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import java.util.List;
import java.util.Set;

/** An image in a test registry, with assertions about its verification. */
record StoredImage(TestNetwork network, ImageName name, String digest) {

    static StoredImage of(InMemoryRegistry registry, String repository, String digest) {
        return of(TestNetwork.of(registry), registry.host(), repository, digest);
    }

    static StoredImage of(TestNetwork network, String host, String repository, String digest) {
        return new StoredImage(network, ImageName.parse(host + "/" + repository), digest);
    }

    VerifiedImage verify(VerificationRequirement... requirements) throws RegistryException, InterruptedException {
        return verify(false, requirements);
    }

    VerifiedImage verify(boolean predicates, VerificationRequirement... requirements)
            throws RegistryException, InterruptedException {
        RegistryClient client =
                RegistryClient.open(name, RegistryAuthentication.ANONYMOUS, Set.of(), network.context());
        return Verifier.verify(client, name, Digest.parse(digest), List.of(requirements), predicates);
    }

    /** Expects a single-line message of limited length that contains {@code reason}. */
    void refuses(String reason, VerificationRequirement... requirements) {
        assertThatThrownBy(() -> verify(requirements))
                .isInstanceOf(UnverifiedImageException.class)
                .hasMessageStartingWith("Cannot verify " + name + "@" + digest + ": ")
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(2500));
    }
}
