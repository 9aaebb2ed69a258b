package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest.Options;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.RegistryClient;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Uses the plugin's client as an agent does: in a running JVM, with a new client for each operation. */
final class OwnClient {

    private OwnClient() {}

    /** Registries that are configured as plain HTTP, so that the client does not probe for TLS. */
    static RegistryContext context(String... hosts) {
        List<RegistryLocation> plain =
                Stream.of(hosts).distinct().map(RegistryLocation::plain).toList();
        return context(new Network(plain, ProxySettings.NONE, Timing.DEFAULT));
    }

    static RegistryContext context(Network network) {
        return new RegistryContext(network, Timekeeper.SYSTEM, Notices.NONE);
    }

    static String digest(String image, String tag) throws Exception {
        ImageName name = ImageName.parse(image);
        return RegistryClient.open(name, RegistryAuthentication.ANONYMOUS, Set.of(), context(name.host()))
                .digestOf(ImageReference.tagged(name, new Tag(tag)))
                .orElseThrow()
                .toString();
    }

    /** Promotes with all attachments, as the step does by default. */
    static void promote(String image, String tag, String toImage, List<String> to) throws Exception {
        PromotionRequest request = PromotionRequest.of(
                ImageName.parse(image), new Tag(tag), ImageName.parse(toImage), to, new Options(false, true, false));
        request.with(RegistryAuthentication.ANONYMOUS, RegistryAuthentication.ANONYMOUS)
                .run(context(request.source().name().host(), request.toImage().host()));
    }
}
