package io.jenkins.plugins.dockerpromotion.tags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.TestNetwork;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Deletes on the CNCF registry itself, which deletes digests only, and only where that is switched on. */
class RetentionIT {

    @BeforeAll
    static void needsServer() {
        DockerRegistryProcess.assumeAvailable(RetentionIT.class);
    }

    private static void push(DockerRegistryProcess registry) throws Exception {
        TestHttp http = TestHttp.to(registry.uri());
        for (int build = 1; build <= 4; build++) {
            http.push("group/app", "2019.20." + build, TestImage.docker(build));
        }
        http.push("group/app", "stable", TestImage.docker(1));
    }

    private static RegistryContext context(DockerRegistryProcess registry) {
        return TestNetwork.of().and(RegistryLocation.plain(registry.host())).context();
    }

    private static TagRemoval.Removed delete(DockerRegistryProcess registry, String tag) throws Exception {
        ImageReference tagged = ImageReference.tagged(image(registry), new Tag(tag));
        return new TagRemoval(tagged, Optional.empty())
                .with(RegistryAuthentication.ANONYMOUS)
                .run(context(registry));
    }

    private static ImageName image(DockerRegistryProcess registry) {
        return registry.image("group/app");
    }

    private static PruneReceipt prune(DockerRegistryProcess registry, boolean dryRun) throws Exception {
        RetentionPolicy policy = new RetentionPolicy(
                Optional.of(TagPattern.of("{year}.{week}.{build}")),
                OptionalInt.of(1),
                OptionalInt.empty(),
                List.of("latest"));
        PruneRequest request = new PruneRequest(image(registry), policy, 100, dryRun);
        return request.with(RegistryAuthentication.ANONYMOUS).run(context(registry));
    }

    @Test
    void deletesWhatNoOtherTagNeeds() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().deletes().start()) {
            push(registry);

            assertThat(delete(registry, "2019.20.2").digest())
                    .isEqualTo(TestImage.docker(2).digest());
            assertThatThrownBy(() -> delete(registry, "2019.20.2")).hasMessageContaining("there is no such tag");
            assertThatThrownBy(() -> delete(registry, "2019.20.1")).hasMessageContaining("also needed by stable");
            assertThat(delete(registry, "2019.20.3").digest())
                    .isEqualTo(TestImage.docker(3).digest());
        }
    }

    @Test
    void prunesWhatNoOtherTagNeeds() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().deletes().start()) {
            push(registry);

            PruneReceipt receipt = prune(registry, false);

            assertThat(receipt.deleted())
                    .extracting(PruneReceipt.Entry::tag)
                    .containsExactlyInAnyOrder("2019.20.2", "2019.20.3");
            assertThat(receipt.kept())
                    .extracting(PruneReceipt.Entry::tag)
                    .containsExactlyInAnyOrder("2019.20.1", "2019.20.4");
            assertThat(prune(registry, false).deleted()).isEmpty();
        }
    }

    @Test
    void plansWhatItDoes() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().deletes().start()) {
            for (int build = 1; build <= 4; build++) {
                TestHttp.to(registry.uri()).push("group/app", "2019.20." + build, TestImage.docker(1));
            }
            TestHttp.to(registry.uri()).push("group/app", "2019.20.0", TestImage.docker(2));

            PruneReceipt plan = prune(registry, true);
            PruneReceipt done = prune(registry, false);

            assertThat(plan.deleted()).extracting(PruneReceipt.Entry::tag).containsExactly("2019.20.0");
            assertThat(new PruneReceipt(
                            done.kept(), done.deleted(), done.refused(), done.attachments(), done.freed(), true))
                    .isEqualTo(plan);
        }
    }

    @Test
    void saysThatDeletionIsSwitchedOff() throws Exception {
        try (DockerRegistryProcess registry = DockerRegistryProcess.builder().start()) {
            push(registry);

            assertThatThrownBy(() -> delete(registry, "2019.20.2")).hasMessageContaining("deletion is disabled there");
            assertThatThrownBy(() -> prune(registry, false))
                    .hasMessageContaining("deletion is disabled there")
                    .hasMessageEndingWith("nothing was deleted");
        }
    }
}
