package io.jenkins.plugins.dockerpromotion.demo;

import groovy.lang.Closure;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.promotion.Promoter;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionReceipt;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.TagFinder;
import io.jenkins.plugins.dockerpromotion.registry.DockerHubClient;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.Timing;
import io.jenkins.plugins.dockerpromotion.registry.reference.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.reference.Tag;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The plugin's steps without Jenkins: the parameters of a Jenkinsfile, straight to what runs on an agent. */
final class DemoSteps {

    private static final String TEMPORARY_SUFFIX = "@tmp";

    private final Basic credential = new Basic(ReleaseHub.USER, ReleaseHub.PASSWORD);
    private final RegistryTransport.Context context;
    private final DemoLog log;
    private Map<String, String> environment = Map.of();

    DemoSteps(ReleaseHub hub, DemoLog log) {
        RegistryLocation here = new RegistryLocation(
                ImageName.DOCKER_HUB, hub.registry().uri(), hub.hub().uri(), "");
        Network network = new Network(List.of(here), ProxySettings.NONE, Timing.DEFAULT);
        this.context = new RegistryTransport.Context(network, Timekeeper.SYSTEM, log::say);
        this.log = log;
    }

    /** What the steps around have set, for the processes that are started. */
    Map<String, String> environment() {
        return environment;
    }

    String dockerHubToken() throws IOException, InterruptedException {
        String token = DockerHubClient.token(credential, context);
        log.mask(token);
        return token;
    }

    String findTagForBuild(Map<String, ?> parameters) throws IOException, InterruptedException {
        ImageName image = ImageName.parse(text(parameters, "image"));
        TagPattern pattern = TagPattern.of("{year}.{week}.{build}");
        TagFinder finder = new TagFinder(image, pattern, new BigInteger(text(parameters, "build")));
        TagFinder.Found found = finder.find(credential, context);
        if (found.tags().isEmpty()) {
            throw new IOException("none of the " + found.looked() + " tags is " + finder);
        }
        log.say("Found " + image + ":" + found.tags().get(0) + " among " + found.looked() + " tags");
        return found.tags().get(0).value();
    }

    Map<String, Object> promoteImage(Map<String, ?> parameters) throws IOException, InterruptedException {
        ImageName image = ImageName.parse(text(parameters, "image"));
        List<String> targets = ((Collection<?>) parameters.get("to"))
                .stream().map(String::valueOf).toList();
        PromotionRequest.Options options = new PromotionRequest.Options(false, true, false);
        PromotionRequest request =
                PromotionRequest.of(image, new Tag(text(parameters, "tag")), image, targets, options);
        PromotionReceipt receipt = Promoter.promote(request, credential, credential, context);
        receipt.lines().forEach(log::say);
        return receipt.asMap();
    }

    Object isolatedDockerConfig(Closure<?> body, Function<Closure<?>, Object> runner) throws IOException {
        Map<String, String> outer = environment;
        Map<String, String> before = new HashMap<>(System.getenv());
        before.putAll(outer);
        try (TemporaryDirectory workspace = new TemporaryDirectory("workspace")) {
            Path directory =
                    workspace.path().resolve("release" + TEMPORARY_SUFFIX).resolve("docker");
            ConfigRequest request =
                    new ConfigRequest(true, TEMPORARY_SUFFIX, before, Map.of(RegistryKey.of(""), credential));
            Map<String, String> inside = new LinkedHashMap<>(outer);
            inside.putAll(ConfigDirectory.create(directory, request));
            environment = inside;
            return runner.apply(body);
        } finally {
            environment = outer;
        }
    }

    private static String text(Map<String, ?> parameters, String name) {
        return String.valueOf(parameters.get(name));
    }
}
