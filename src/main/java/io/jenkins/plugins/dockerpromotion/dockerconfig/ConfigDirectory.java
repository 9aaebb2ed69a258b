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

/** A directory for {@code DOCKER_CONFIG} that nobody but the user who makes it can read. */
public final class ConfigDirectory {

    /** The variables that tell the Docker client and its plugins where things are. */
    public static final String DOCKER_CONFIG = "DOCKER_CONFIG";

    static final String REGISTRY_AUTH_FILE = "REGISTRY_AUTH_FILE";
    static final String BUILDX_CONFIG = "BUILDX_CONFIG";
    static final String DOCKER_AUTH_CONFIG = "DOCKER_AUTH_CONFIG";

    /** All that {@link #create} may set. */
    public static final Set<String> VARIABLES =
            Set.of(DOCKER_CONFIG, REGISTRY_AUTH_FILE, BUILDX_CONFIG, DOCKER_AUTH_CONFIG);

    private static final String CONFIG_FILE = "config.json";
    private static final String CONTEXTS = "contexts";

    private final Path directory;
    private final ConfigRequest request;

    /**
     * A directory that was made.
     *
     * @param variables with which clients find it
     * @param warnings for the log, one line each
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
     * Makes the directory with everything in it; if something fails, there is nothing left of it.
     *
     * @param directory must not exist yet; its parents are made if need be
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
            // Logins of the agent that come before those in the file. A variable cannot be taken away from a process
            // on the agent, so it gets a value that holds none.
            variables.put(DOCKER_AUTH_CONFIG, "{}");
        }
        return variables;
    }

    /**
     * Makes the Docker client's contexts found: it looks for them beside {@code config.json} and nowhere else. A link
     * keeps the client keys in there where they are; Windows allows links only to the privileged, so there it is a
     * copy, which goes with the directory.
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

    /** The permissions are there from the beginning: between a write and a later chmod anybody could read. */
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
     * Where there are no POSIX permissions (Windows), the directory, while it is still empty, gets an access control
     * list that it hands down to all that comes into it. The owner is whoever the system makes it: for an administrator
     * or a service that may be a group, which this process is a member of.
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

    /** Reads no more than is good, and does not trust the length that a file system tells. */
    static byte[] readCapped(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(DockerConfig.MAX_BYTES + 1);
        }
    }
}
