package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/** Fuzzes image names, tags and digests. What parses must fit into a URL, and must be equal after another parse. */
public final class ReferenceFuzz {

    private ReferenceFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> read(FuzzInput.text(input)));
    }

    private static void read(String text) {
        parsed(ImageName::parse, text).ifPresent(name -> {
            FuzzInput.require(ImageName.parse(name.toString()).equals(name), "another name when read again");
            FuzzInput.require(
                    new ImageName(name.host(), name.path()).equals(name), "another name when made of its parts");
            String host = URI.create("https://" + name.host() + "/v2/" + name.path() + "/tags/list")
                    .getAuthority();
            FuzzInput.require(host.equals(name.host()), "another host in an address");
            RegistryPage.of(name, Tag.LATEST);
        });
        parsed(Digest::parse, text)
                .ifPresent(digest -> FuzzInput.require(digest.toString().equals(text), "another digest"));
        parsed(Tag::new, text).ifPresent(tag -> URI.create("https://registry.test/v2/a/manifests/" + tag.value()));
    }

    private static <T> Optional<T> parsed(Function<String, T> parser, String text) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            FuzzInput.require(!e.getMessage().contains("\n"), "an error of several lines");
            return Optional.empty();
        }
    }
}
