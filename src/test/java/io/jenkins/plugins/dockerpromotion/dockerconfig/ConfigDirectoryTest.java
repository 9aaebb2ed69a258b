package io.jenkins.plugins.dockerpromotion.dockerconfig;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest.Inherit;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigDirectoryTest {

    private static final RegistryKey REGISTRY = RegistryKey.of("registry.example.com");

    @TempDir
    private Path root;

    private Path agentConfig;
    private Path directory;

    @BeforeEach
    void agent() throws IOException {
        agentConfig = Files.createDirectories(root.resolve("home/.docker"));
        directory = root.resolve("workspace@tmp/0123");
    }

    @Test
    void onlyTheOwnerCanRead() throws IOException {
        Map<String, String> variables = create(true, Map.of());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("config.json"))))
                .isEqualTo("rw-------");
        assertThat(variables)
                .isEqualTo(Map.of(
                        "DOCKER_CONFIG", directory.toString(),
                        "REGISTRY_AUTH_FILE", directory.resolve("config.json").toString()));
    }

    @Test
    void theAgentsPluginsBuildersAndContextsAreStillFound() throws IOException {
        Files.createDirectories(agentConfig.resolve("cli-plugins"));
        Files.createDirectories(agentConfig.resolve("buildx"));
        Files.createDirectories(agentConfig.resolve("contexts/meta/abc"));
        Files.writeString(agentConfig.resolve("contexts/meta/abc/meta.json"), "{}");
        Files.writeString(agentConfig.resolve("config.json"), "{\"currentContext\": \"remote\"}");
        assertThat(create(true, Map.of()))
                .containsEntry("BUILDX_CONFIG", agentConfig.resolve("buildx").toString());
        assertThat(directory.resolve("contexts/meta/abc/meta.json")).exists();
        assertThat(directory.resolve("config.json"))
                .content()
                .contains("\"remote\"", agentConfig.resolve("cli-plugins").toString());
    }

    @Test
    void takesNothingOverWhenToldSo() throws IOException {
        Files.createDirectories(agentConfig.resolve("contexts"));
        Files.createDirectories(agentConfig.resolve("buildx"));
        Files.writeString(agentConfig.resolve("config.json"), "garbage");
        assertThat(create(false, Map.of())).doesNotContainKey("BUILDX_CONFIG");
        assertThat(directory).isDirectoryNotContaining("glob:**/contexts");
    }

    @Test
    void loginsOfTheAgentStayOutAndThoseOfAnOuterBlockComeIn() throws IOException {
        Files.writeString(agentConfig.resolve("config.json"), "{\"auths\": {\"quay.io\": {\"auth\": \"YTpi\"}}}");
        create(true, Map.of());
        Path outer = directory;
        // A step inside dir('sub') uses another directory for temporary files.
        directory = root.resolve("workspace/sub@tmp/4567");
        create(true, Map.of("DOCKER_CONFIG", outer.toString()));
        assertThat(directory.resolve("config.json"))
                .content()
                .contains("registry.example.com")
                .doesNotContain("quay.io");
        directory = root.resolve("workspace@tmp/89ab");
        ConfigDirectory.create(
                directory,
                new ConfigRequest(
                        Inherit.IF_READABLE, "@tmp", Map.of("DOCKER_CONFIG", agentConfig.toString()), Map.of()));
        assertThat(directory.resolve("config.json")).content().doesNotContain("quay.io", "registry.example.com");
    }

    @Test
    void loginsOfTheEnvironmentDoNotComeFirst() throws IOException {
        assertThat(create(true, Map.of("DOCKER_AUTH_CONFIG", "{\"auths\": {}}")))
                .containsEntry("DOCKER_AUTH_CONFIG", "{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"auths\": s3cret}", "{ // a comment\n}", "[]", "DIRECTORY", "FILE INSTEAD OF .docker"})
    void whatCannotBeReadIsAWarningOrWhereItIsRequiredAnError(String content) throws IOException {
        Path file = agentConfig.resolve("config.json");
        if (content.equals("DIRECTORY")) {
            Files.createDirectories(file);
        } else if (content.startsWith("FILE")) {
            Files.delete(agentConfig);
            Files.writeString(agentConfig, "");
        } else {
            Files.writeString(file, content);
        }

        assertThatIOException()
                .isThrownBy(() -> create(Inherit.REQUIRED, Map.of()))
                .withMessageStartingWith("Cannot use the Docker configuration " + file + ": ")
                .withMessageEndingWith("; correct that file, or leave out 'inherit'.")
                .withMessageNotContainingAny("s3cret", "null");
        assertThat(directory).doesNotExist();

        ConfigDirectory.Created created = create(Inherit.IF_READABLE, Map.of());
        assertThat(created.warnings())
                .singleElement(as(STRING))
                .startsWith("Warning: ignoring the Docker configuration " + file + ": ")
                .doesNotContain("s3cret", "null");
        assertThat(directory.resolve("config.json")).content().contains("registry.example.com");
    }

    @Test
    void refusesADirectoryThatIsThereAlready() throws IOException {
        Files.createDirectories(directory);
        assertThatIOException().isThrownBy(() -> create(true, Map.of()));
        assertThat(directory).isEmptyDirectory();
    }

    private Map<String, String> create(boolean inherit, Map<String, String> environment) throws IOException {
        return create(inherit ? Inherit.IF_READABLE : Inherit.NOTHING, environment)
                .variables();
    }

    private ConfigDirectory.Created create(Inherit inherit, Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("HOME", root.resolve("home").toString());
        all.put("USERPROFILE", root.resolve("home").toString());
        return ConfigDirectory.create(
                directory,
                new ConfigRequest(
                        inherit, "@tmp", all, Map.of(REGISTRY, new RegistryAuthentication.Basic("bob", "s3cret"))));
    }
}
