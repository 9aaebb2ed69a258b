package io.jenkins.plugins.dockerpromotion.dockerconfig;

import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest.Inherit;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A directory for {@code DOCKER_CONFIG} that only its owner can read. */
public final class ConfigDirectory {

    /** Variables that tell the Docker client and its plugins where to find their files. */
    public static final String DOCKER_CONFIG = "DOCKER_CONFIG";

    static final String REGISTRY_AUTH_FILE = "REGISTRY_AUTH_FILE";
    static final String BUILDX_CONFIG = "BUILDX_CONFIG";
    static final String DOCKER_AUTH_CONFIG = "DOCKER_AUTH_CONFIG";

    /** All variables that {@link #create} may set. */
    public static final Set<String> VARIABLES =
            Set.of(DOCKER_CONFIG, REGISTRY_AUTH_FILE, BUILDX_CONFIG, DOCKER_AUTH_CONFIG);

    private static final String CONFIG_FILE = "config.json";
    private static final String CONTEXTS = "contexts";

    private final Path directory;
    private final ConfigRequest request;

    /**
     * The created directory.
     *
     * @param variables the variables through which clients find it
     * @param warnings lines for the log
     */
    public record Created(Map<String, String> variables, List<String> warnings) implements Serializable {
        public Created {
            variables = new LinkedHashMap<>(variables);
            warnings = new ArrayList<>(warnings);
        }
    }

    private ConfigDirectory(Path directory, ConfigRequest request) {
        this.directory = directory;
        this.request = request;
    }

    /**
     * Creates the directory with its content; if this fails, nothing is left of it.
     *
     * @param directory must not exist yet; its parents are created if necessary
     * @throws IOException in one line, without a secret
     */
    public static Created create(Path directory, ConfigRequest request) throws IOException {
        List<String> warnings = new ArrayList<>();
        DockerConfig inherited = inherited(directory, request, warnings);
        try {
            Files.createDirectories(directory.toAbsolutePath().resolveSibling("."));
            Files.createDirectory(directory, onlyForOwner(directory, "rwx------"));
        } catch (IOException e) {
            throw failure(directory, e);
        }
        try {
            keepToOwner(directory);
            return new Created(new ConfigDirectory(directory.toAbsolutePath(), request).fill(inherited), warnings);
        } catch (IOException e) {
            delete(directory);
            throw failure(directory, e);
        } catch (RuntimeException e) {
            delete(directory);
            throw e;
        }
    }

    private static DockerConfig inherited(Path directory, ConfigRequest request, List<String> warnings)
            throws IOException {
        if (request.inherit() == Inherit.NOTHING) {
            return DockerConfig.empty();
        }
        ConfigSource source = ConfigSource.of(request, directory.getFileSystem());
        try {
            return source.read();
        } catch (IOException e) {
            String what = "the Docker configuration " + source.file() + ": " + e.getMessage();
            if (request.inherit() == Inherit.REQUIRED) {
                throw new IOException("Cannot use " + what + "; correct that file, or leave out 'inherit'.", e);
            }
            warnings.add("Warning: ignoring " + what + "; the block starts without these settings");
            return DockerConfig.empty();
        }
    }

    private static IOException failure(Path directory, IOException e) {
        return new IOException("Cannot create the Docker configuration " + directory + ": " + e
                + "; make sure that the agent's user can write there.");
    }

    private Map<String, String> fill(DockerConfig inherited) throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        DockerConfig config = inherited;
        if (request.inherit() != Inherit.NOTHING) {
            ConfigSource source = ConfigSource.of(request, directory.getFileSystem());
            if (source.has("cli-plugins")) {
                config = config.withPluginFolder(source.path("cli-plugins"));
            }
            if (source.has("buildx") && request.variable(BUILDX_CONFIG).isEmpty()) {
                variables.put(BUILDX_CONFIG, source.path("buildx"));
            }
            if (source.has(CONTEXTS)) {
                share(source.folder(CONTEXTS), directory.resolve(CONTEXTS));
            }
        }
        for (Map.Entry<RegistryKey, RegistryAuthentication> login :
                request.logins().entrySet()) {
            config = config.withLogin(login.getKey(), login.getValue());
        }
        Path file = directory.resolve(CONFIG_FILE);
        write(file, config.isolated().toBytes());
        variables.put(DOCKER_CONFIG, directory.toString());
        variables.put(REGISTRY_AUTH_FILE, file.toString());
        if (request.variable(DOCKER_AUTH_CONFIG).isPresent()) {
            // This variable contains logins that take precedence over the file. A variable cannot be removed from a
            // process on the agent, so it gets a value without logins.
            variables.put(DOCKER_AUTH_CONFIG, "{}");
        }
        return variables;
    }

    /**
     * Makes the Docker client's contexts available: the client expects them next to {@code config.json}. A link avoids
     * a copy of the client keys in them. Windows allows links to privileged users only, so there it is a copy, which is
     * removed with the directory.
     */
    private static void share(Path contexts, Path place) throws IOException {
        try {
            Files.createSymbolicLink(place, contexts.toRealPath());
        } catch (IOException | UnsupportedOperationException e) {
            copy(contexts, place);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectory(target, onlyForOwner(target, "rwx------"));
                } else {
                    write(target, Files.readAllBytes(file));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Creates the file with its permissions: before a later chmod, anybody could read it. */
    private static void write(Path file, byte[] content) throws IOException {
        Set<StandardOpenOption> onlyNew = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (SeekableByteChannel channel = Files.newByteChannel(file, onlyNew, onlyForOwner(file, "rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    private static FileAttribute<?>[] onlyForOwner(Path file, String permissions) {
        return supports(file, "posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Without POSIX permissions (on Windows), the empty directory gets an access control list that its content
     * inherits. The system chooses the owner: for an administrator or a service, it may be a group that this process is
     * a member of.
     */
    private static void keepToOwner(Path directory) throws IOException {
        if (!supports(directory, "posix") && supports(directory, "acl")) {
            AclEntry all = AclEntry.newBuilder()
                    .setType(AclEntryType.ALLOW)
                    .setPrincipal(Files.getOwner(directory))
                    .setPermissions(AclEntryPermission.values())
                    .setFlags(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)
                    .build();
            Files.getFileAttributeView(directory, AclFileAttributeView.class).setAcl(List.of(all));
        }
    }

    private static boolean supports(Path file, String view) {
        return file.getFileSystem().supportedFileAttributeViews().contains(view);
    }

    private static void delete(Path directory) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(directory)) {
            deepestFirst = files.sorted((a, b) -> b.compareTo(a)).toList();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }

    /** Limits what is read without relying on the length that the file system reports. */
    static byte[] readCapped(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(DockerConfig.MAX_BYTES + 1);
        }
    }
}
