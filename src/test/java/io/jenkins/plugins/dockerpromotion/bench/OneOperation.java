package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs one operation of the client in a separate Java process, once its standard input gets a byte or is closed. */
public final class OneOperation {

    private OneOperation() {}

    /**
     * Runs one operation.
     *
     * @param arguments {@code nothing}; {@code find} and an image; {@code find-hub}, the address of the Docker Hub
     *     stand-in, and an image; or {@code promote}, the image with the tag 1, and the target image
     */
    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        System.in.read();
        switch (arguments[0]) {
            case "find" -> find(OwnClient.context(ImageName.parse(arguments[1]).host()), arguments[1]);
            case "find-hub" -> {
                URI hub = URI.create(arguments[1]);
                RegistryLocation place = new RegistryLocation(ImageName.DOCKER_HUB, hub, hub, "");
                find(OwnClient.context(new Network(List.of(place), ProxySettings.NONE, Timing.DEFAULT)), arguments[2]);
            }
            case "promote" -> OwnClient.promote(arguments[1], "1", arguments[2], List.of("latest"));
            default -> OwnClient.context("registry.example.com");
        }
        System.exit(0);
    }

    /** @param options JVM options */
    static Process start(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OneOperation.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Lets the started process do its work. Returns whether it succeeded. */
    static boolean finish(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        return process.waitFor() == 0;
    }

    private static void find(RegistryContext context, String image) throws Exception {
        TagQuery finder =
                TagQuery.ofBuild(ImageName.parse(image), TagPattern.of("{year}.{week}.{build}"), BigInteger.TEN);
        if (finder.with(RegistryAuthentication.ANONYMOUS).run(context).tags().size() != 1) {
            throw new IllegalStateException("not found");
        }
    }
}
