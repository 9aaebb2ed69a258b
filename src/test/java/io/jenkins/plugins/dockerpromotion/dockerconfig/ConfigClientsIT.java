package io.jenkins.plugins.dockerpromotion.dockerconfig;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest.Inherit;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.FakeCommand;
import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import io.jenkins.plugins.dockerpromotion.testing.LeftOut;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that common clients use the logins of the block, no others, and do not touch the agent's keychain. */
class ConfigClientsIT {

    private static final TestImage IMAGE = TestImage.docker(1);
    private static final Basic LOGIN = new Basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);

    private static DockerRegistryProcess registry;
    private static String image;

    @TempDir
    private Path root;

    private Path keychain;
    private Map<String, String> variables;

    @BeforeAll
    static void start() throws Exception {
        DockerRegistryProcess.assumeAvailable(ConfigClientsIT.class);
        registry = DockerRegistryProcess.builder().htpasswd().start();
        image = registry.host() + "/group/app:1.0";
        TestHttp.to(registry.uri()).basic(LOGIN.username(), LOGIN.password()).push("group/app", "1.0", IMAGE);
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    /** Sets up an agent with a keychain that clients use by default. */
    @BeforeEach
    void agent() throws Exception {
        keychain = root.resolve("asked");
        Path commands = Files.createDirectory(root.resolve("bin"));
        for (String helper : List.of("pass", "docker-credential-pass", "docker-credential-secretservice")) {
            FakeCommand.install(commands, helper, "echo " + helper + " \"$@\" >>'" + keychain + "'; exit 1");
        }
        Path home = Files.createDirectories(root.resolve(".docker"));
        Files.writeString(home.resolve("config.json"), "{\"credsStore\": \"pass\"}");
        Map<RegistryKey, RegistryAuthentication> logins = Map.of(RegistryKey.of(registry.host()), LOGIN);
        variables = new HashMap<>(ConfigDirectory.create(
                        root.resolve("workspace@tmp/0123"),
                        new ConfigRequest(
                                Inherit.IF_READABLE, "@tmp", Map.of("DOCKER_CONFIG", home.toString()), logins))
                .variables());
        variables.put("PATH", FakeCommand.path(commands));
    }

    private static FieldTool tool(String name, Path directory) {
        LeftOut.unless(FieldTool.find(name).isPresent(), ConfigClientsIT.class, name + " is not installed");
        return FieldTool.of(name, directory);
    }

    /** Each command needs a login, so it fails outside the block. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker manifest inspect --insecure %s",
                "skopeo inspect --raw --tls-verify=false docker://%s",
                "crane manifest --insecure %s",
                "oras manifest fetch --plain-http %s",
                "cosign tree --allow-http-registry %s"
            })
    void findTheLogin(String command) throws Exception {
        String[] words = String.format(command, image).split(" ", 2);
        FieldTool tool = tool(words[0], root);

        FieldTool.Result inside = tool.with(variables).attempt(words[1].split(" "));

        assertThat(inside.status()).as(inside.errors()).isZero();
        assertThat(inside.output()).isNotBlank();
        assertThat(keychain).doesNotExist();

        FieldTool outside = tool.with(Map.of("PATH", variables.get("PATH")));
        assertThat(outside.attempt(words[1].split(" ")).status()).isNotZero();
        if (!words[0].equals("skopeo")) {
            assertThat(keychain).as("what the command asks outside the block").exists();
        }
    }

    @Test
    void storeAnotherLoginInTheBlocksFile() throws Exception {
        FieldTool docker = tool("docker", root).with(variables);
        FieldTool crane = tool("crane", root).with(variables);
        FieldTool oras = tool("oras", root).with(variables);
        Path file = Path.of(variables.get("DOCKER_CONFIG"), "config.json");

        docker.run("logout", registry.host());
        assertThat(file).content().doesNotContain(registry.host());
        crane.run("auth", "login", registry.host(), "-u", LOGIN.username(), "-p", LOGIN.password());
        assertThat(file).content().contains(registry.host()).doesNotContain("credsStore");
        docker.run("logout", registry.host());
        oras.run("login", "--plain-http", registry.host(), "-u", LOGIN.username(), "-p", LOGIN.password());
        assertThat(file).content().contains(registry.host()).doesNotContain("credsStore");
        assertThat(keychain).doesNotExist();
    }
}
