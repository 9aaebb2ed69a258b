package io.jenkins.plugins.dockerpromotion.registry.faults;

import io.jenkins.plugins.dockerpromotion.notification.CallbackAddress;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageInspector;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.tags.PruneRequest;
import io.jenkins.plugins.dockerpromotion.tags.RetentionPolicy;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import io.jenkins.plugins.dockerpromotion.testing.HttpTestServer;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/** The operation of each step, and the server on which faults are injected. */
enum Scenario {
    FIND_TAG(World::registry, World.APP, (w, c) -> find(w.app(), c)),
    FIND_TAG_ON_DOCKER_HUB(World::hub, World.SERVICE, (w, c) -> find(w.service(), c)),
    LIST_TAGS(World::registry, World.APP, (w, c) -> list(w.app(), c)),
    LIST_TAGS_OF_DOCKER_HUB(World::hub, World.SERVICE, (w, c) -> list(w.service(), c)),
    INSPECT(World::registry, World.APP, (w, c) -> inspect(w.app(), c)),
    INSPECT_ON_DOCKER_HUB(World::hubRegistry, World.SERVICE, (w, c) -> inspect(w.service(), c)),
    PROMOTE(World::registry, World.APP, (w, c) -> promote(w.app(), w.app(), c)),
    PROMOTE_ACROSS_REPOSITORIES(
            World::registry,
            "group/",
            (w, c) -> promote(w.app(), ImageName.parse(w.registry().host() + "/group/copy"), c)),
    PROMOTE_FROM_ANOTHER_REGISTRY(World::registry, "/app", (w, c) -> promote(w.app(), mirror(w), c)),
    PROMOTE_TO_ANOTHER_REGISTRY(World::other, "mirror/app", (w, c) -> promote(w.app(), mirror(w), c)),
    DELETE_TAG(World::registry, World.APP, (w, c) -> delete(w.app(), "2019.20.1", c)),
    DELETE_TAG_OF_DOCKER_HUB(World::hub, World.SERVICE, (w, c) -> delete(w.service(), "2019.20.1", c)),
    PRUNE(World::registry, World.APP, (w, c) -> prune(w.app(), c)),
    REGISTRY_TOKEN(
            World::registry,
            World.APP,
            (w, c) -> RegistryTransport.issueToken(w.app().host(), World.CI, Set.of(Scope.pull(World.APP)), c)
                    .value()
                    .replaceAll("(?s).+", "a token")),
    DOCKER_HUB_TOKEN(World::hub, "'ci'", (w, c) -> DockerHub.token(World.CI, c).replaceAll("(?s).+", "a token")),
    CHANGE_PAGE(
            World::hub,
            World.SERVICE,
            (w, c) -> ""
                    + DockerHub.open(World.CI, c)
                            .changePage(w.service(), new PageChange("", "in production", "jenkins"))),
    CALLBACK(World::hub, "report the build result", (w, c) -> {
        String address = w.hub()
                .callbackUrl(World.SERVICE)
                .replace(w.hub().uri().toString(), w.address(w.hub()).toString());
        CallbackAddress.parse(address, Set.of(URI.create(address).getAuthority()))
                .send(new CallbackMessage(CallbackMessage.State.SUCCESS, "promoted", "job", "https://ci.test/"), c);
        return "sent";
    });

    private final Function<World, HttpTestServer> faulty;
    private final String subject;
    private final Work work;

    Scenario(Function<World, HttpTestServer> faulty, String subject, Work work) {
        this.faulty = faulty;
        this.subject = subject;
        this.work = work;
    }

    @FunctionalInterface
    private interface Work {
        String run(World world, RegistryContext context) throws Exception;
    }

    /** Starts the servers that the operation needs, in their initial state. */
    World world() {
        boolean onDockerHub = name().contains("DOCKER_HUB") || this == CHANGE_PAGE || this == CALLBACK;
        return onDockerHub ? new World().withDockerHub() : new World().withRegistries();
    }

    /** Returns the server on which faults are injected. */
    HttpTestServer faulty(World world) {
        return faulty.apply(world);
    }

    /** Returns what every error must name: the image, or else the subject of the operation. */
    String subject() {
        return subject;
    }

    /** Runs the operation and returns the result as a Jenkinsfile sees it. */
    String run(World world, RegistryContext context) throws Exception {
        return work.run(world, context);
    }

    private static ImageName mirror(World world) {
        return ImageName.parse(world.other().host() + "/mirror/app");
    }

    private static String find(ImageName image, RegistryContext context) throws Exception {
        return TagQuery.ofBuild(image, TagPattern.of(TagPattern.DEFAULT), BigInteger.valueOf(103))
                .with(World.CI)
                .run(context)
                .tags()
                .toString();
    }

    private static String list(ImageName image, RegistryContext context) throws Exception {
        return new TagQuery(image, Optional.of(TagPattern.of(TagPattern.DEFAULT)), 10)
                .with(World.CI)
                .run(context)
                .tags()
                .toString();
    }

    private static String inspect(ImageName image, RegistryContext context) throws Exception {
        return ImageInspector.open(image, World.CI, context)
                .inspect(ImageReference.tagged(image, new Tag("2019.20.103")))
                .digest();
    }

    private static String promote(ImageName from, ImageName to, RegistryContext context) throws Exception {
        PromotionRequest request = PromotionRequest.of(
                from,
                new Tag("2019.20.103"),
                to,
                List.of("{tag}-rc", "latest"),
                new PromotionRequest.Options(false, true, false));
        return request.with(World.CI, World.CI).run(context).digest();
    }

    private static String delete(ImageName image, String tag, RegistryContext context) throws Exception {
        return new TagRemoval(ImageReference.tagged(image, new Tag(tag)), Optional.empty())
                        .with(World.CI)
                        .run(context)
                        .before()
                ? "gone before"
                : "deleted";
    }

    private static String prune(ImageName image, RegistryContext context) throws Exception {
        RetentionPolicy policy = new RetentionPolicy(
                Optional.of(TagPattern.of(TagPattern.DEFAULT)),
                OptionalInt.of(1),
                OptionalInt.empty(),
                List.of("latest"));
        return new PruneRequest(image, policy, 10, false)
                .with(World.CI)
                .run(context)
                .line();
    }
}
