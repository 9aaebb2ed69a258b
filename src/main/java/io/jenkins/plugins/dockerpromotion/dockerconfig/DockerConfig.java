package io.jenkins.plugins.dockerpromotion.dockerconfig;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Docker client's {@code config.json}, immutable; what this class does not know in it stays as it is.
 *
 * @see <a href="https://docs.docker.com/reference/cli/docker/#configuration-files">The Docker client's
 *     configuration</a>
 */
public final class DockerConfig {

    /** The largest configuration that is read, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** An entry of {@code auths} that belongs to no registry; see {@link #isolated}. */
    static final String PLACEHOLDER = "isolated.invalid";

    private static final String AUTHS = "auths";
    private static final String CREDENTIALS_STORE = "credsStore";
    private static final String CREDENTIAL_HELPERS = "credHelpers";
    private static final String PLUGIN_FOLDERS = "cliPluginsExtraDirs";
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(100).build())
            .build());

    private final ObjectNode content;

    private DockerConfig(ObjectNode content) {
        this.content = content;
    }

    /** A configuration without any setting. */
    public static DockerConfig empty() {
        return new DockerConfig(JsonNodeFactory.instance.objectNode());
    }

    /**
     * Reads a configuration.
     *
     * @param json the file's bytes; none at all are an empty configuration, as they are for the Docker client
     * @throws IOException in one line without anything of the content, if this is not a JSON object
     */
    public static DockerConfig parse(byte[] json) throws IOException {
        if (json.length > MAX_BYTES) {
            throw new IOException("it is larger than " + MAX_BYTES + " bytes");
        }
        if (new String(json, StandardCharsets.UTF_8).isBlank()) {
            return empty();
        }
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return new DockerConfig(object);
            }
        } catch (JsonProcessingException e) {
            // Not its message: it repeats what stands in the file.
            throw new IOException("it is not JSON"
                    + Optional.ofNullable(e.getLocation())
                            .map(at -> " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")")
                            .orElse(""));
        }
        throw new IOException("it is not a JSON object");
    }

    /**
     * What a block takes over from the configuration of the agent's user: everything but the logins. Credential helpers
     * of single registries stay, since they are settings and hold no secret.
     */
    public DockerConfig withoutLogins() {
        ObjectNode copy = content.deepCopy();
        copy.remove(List.of(AUTHS, CREDENTIALS_STORE));
        return new DockerConfig(copy);
    }

    /**
     * What a block takes over from the block around it: everything. Logins which that one keeps in a native store (the
     * Docker client then leaves empty entries) are found there by a helper for the registry.
     */
    public DockerConfig withLoginsByRegistry() {
        ObjectNode copy = content.deepCopy();
        String store = copy.path(CREDENTIALS_STORE).asText("");
        copy.remove(CREDENTIALS_STORE);
        if (!store.isEmpty()) {
            List<String> stored = new ArrayList<>();
            object(copy, AUTHS).properties().forEach(entry -> {
                if (entry.getValue().isEmpty() && !entry.getKey().equals(PLACEHOLDER)) {
                    stored.add(entry.getKey());
                }
            });
            ObjectNode helpers = object(copy, CREDENTIAL_HELPERS);
            stored.stream().filter(key -> !helpers.has(key)).forEach(key -> helpers.put(key, store));
        }
        return new DockerConfig(copy);
    }

    /** With another folder in which the Docker client looks for its plugins. */
    public DockerConfig withPluginFolder(String folder) {
        ObjectNode copy = content.deepCopy();
        for (JsonNode known : copy.path(PLUGIN_FOLDERS)) {
            if (known.asText().equals(folder)) {
                return this;
            }
        }
        if (copy.path(PLUGIN_FOLDERS).isArray()) {
            copy.withArray(PLUGIN_FOLDERS).add(folder);
        } else {
            copy.putArray(PLUGIN_FOLDERS).add(folder);
        }
        return new DockerConfig(copy);
    }

    /**
     * With a login, which takes the place of what this configuration has for the registry, be it a login in any
     * spelling or a credential helper. An anonymous one changes nothing.
     *
     * @throws IllegalArgumentException if the Docker client cannot take such a login
     */
    public DockerConfig withLogin(RegistryKey registry, RegistryAuthentication authentication) {
        ObjectNode copy = content.deepCopy();
        removeEntriesOf(registry, object(copy, AUTHS));
        removeEntriesOf(registry, object(copy, CREDENTIAL_HELPERS));
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        if (authentication instanceof Basic basic) {
            entry.put("auth", auth(basic));
        } else if (authentication instanceof Bearer bearer) {
            entry.put("registrytoken", bearer.token());
        } else {
            return this;
        }
        object(copy, AUTHS).set(registry.inAuths(), entry);
        return new DockerConfig(copy);
    }

    /**
     * With native credential stores switched off, for good.
     *
     * <p>The Docker client chooses a native store by itself (the keychain, {@code pass}, the secret service) while the
     * file has no {@code credsStore}, no {@code credHelpers} and no entry in {@code auths}. An entry of no registry keeps
     * {@code auths} from ever being empty, also after a {@code docker logout}. An empty {@code credsStore} would not do:
     * the Docker client takes it for none, and Java clients look for a helper without a name.
     */
    public DockerConfig isolated() {
        ObjectNode copy = content.deepCopy();
        copy.remove(CREDENTIALS_STORE);
        object(copy, AUTHS).putObject(PLACEHOLDER);
        if (object(copy, CREDENTIAL_HELPERS).isEmpty()) {
            copy.remove(CREDENTIAL_HELPERS);
        }
        return new DockerConfig(copy);
    }

    /** The registries that have an entry in {@code auths}. */
    public List<String> registries() {
        List<String> names = new ArrayList<>();
        content.path(AUTHS).fieldNames().forEachRemaining(names::add);
        names.remove(PLACEHOLDER);
        return List.copyOf(names);
    }

    /** The file, in UTF-8. */
    public byte[] toBytes() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "DockerConfig" + registries();
    }

    /** With an empty user name the Docker client refuses the whole file. */
    private static String auth(Basic basic) {
        if (basic.username().isEmpty()) {
            throw new IllegalArgumentException("the Docker client takes no login with an empty user name");
        }
        return basic.encoded();
    }

    private static void removeEntriesOf(RegistryKey registry, ObjectNode entries) {
        List<String> names = new ArrayList<>();
        entries.fieldNames().forEachRemaining(names::add);
        entries.remove(names.stream().filter(registry::isMeantBy).toList());
    }

    /** The object under this name; what is no object there (the Docker client could not use it either) gives way. */
    private static ObjectNode object(ObjectNode parent, String name) {
        return parent.get(name) instanceof ObjectNode object ? object : parent.putObject(name);
    }
}
