package io.jenkins.plugins.dockerpromotion.dockerconfig;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests Windows paths and access control lists with an in-memory file system. */
class WindowsConfigDirectoryTest {

    private static final RegistryKey REGISTRY = RegistryKey.of("registry.example.com");

    private final FileSystem windows = Jimfs.newFileSystem(Configuration.windows().toBuilder()
            .setAttributeViews("basic", "owner", "dos", "acl")
            .build());
    private final Path directory = windows.getPath("C:\\agent\\workspace\\job@tmp\\docker-1");

    @BeforeEach
    void agent() throws IOException {
        Path home = Files.createDirectories(windows.getPath("C:\\Users\\ci\\.docker"));
        Files.createDirectories(home.resolve("contexts\\meta"));
        Files.writeString(home.resolve("config.json"), "{\"psFormat\": \"x\"}");
    }

    @AfterEach
    void close() throws IOException {
        windows.close();
    }

    @Test
    void itsOwnerAloneHasAccessToAllThatIsInIt() throws IOException {
        create();

        assertThat(Files.getFileAttributeView(directory, AclFileAttributeView.class)
                        .getAcl())
                .containsExactly(AclEntry.newBuilder()
                        .setType(AclEntryType.ALLOW)
                        .setPrincipal(Files.getOwner(directory))
                        .setPermissions(AclEntryPermission.values())
                        .setFlags(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)
                        .build());
        assertThat(Set.copyOf(windows.supportedFileAttributeViews())).doesNotContain("posix");
    }

    @Test
    void clientsGetPathsWithBackslashesAndWhatTheUserHadInHisProfile() throws IOException {
        assertThat(create())
                .containsEntry("DOCKER_CONFIG", "C:\\agent\\workspace\\job@tmp\\docker-1")
                .containsEntry("REGISTRY_AUTH_FILE", "C:\\agent\\workspace\\job@tmp\\docker-1\\config.json");
        assertThat(Files.readString(directory.resolve("config.json"))).contains("registry.example.com", "psFormat");
        assertThat(Files.isDirectory(directory.resolve("contexts\\meta"))).isTrue();
    }

    private Map<String, String> create() throws IOException {
        return ConfigDirectory.create(
                        directory,
                        new ConfigRequest(
                                ConfigRequest.Inherit.IF_READABLE,
                                "@tmp",
                                Map.of("HOME", "/elsewhere", "USERPROFILE", "C:\\Users\\ci"),
                                Map.of(REGISTRY, new RegistryAuthentication.Basic("bob", "s3cret"))))
                .variables();
    }
}
