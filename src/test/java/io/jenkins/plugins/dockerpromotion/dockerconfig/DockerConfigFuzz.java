package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;
import java.io.IOException;

/** Fuzzes a Docker client's {@code config.json} and everything that is derived from it. */
public final class DockerConfigFuzz {

    private static final RegistryKey REGISTRY = RegistryKey.of("registry.example.com");

    private DockerConfigFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        CpuTime.within(FuzzInput.LIMIT, () -> read(input));
    }

    private static void read(byte[] input) throws IOException {
        DockerConfig config;
        try {
            config = DockerConfig.parse(input);
        } catch (IOException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
            return;
        }
        FuzzInput.require(
                config.withoutLogins().registries().isEmpty(), "a login of the agent's user in a block of its own");
        DockerConfig made = config.withLoginsByRegistry()
                .withPluginFolder("/plugins")
                .withLogin(REGISTRY, new RegistryAuthentication.Basic("ci", "secret"))
                .isolated();
        FuzzInput.require(made.registries().contains(REGISTRY.inAuths()), "no login");
        FuzzInput.require(
                DockerConfig.parse(made.toBytes()).registries().equals(made.registries()),
                "another one when read again");
    }
}
