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
 * A Docker client's {@code config.json}. Immutable; unknown settings are preserved.
 *
 * @see <a href="https://docs.docker.com/reference/cli/docker/#configuration-files">The Docker client's
 *     configuration</a>
 */
public final class DockerConfig {

    /** The maximum size of a configuration, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** An entry of {@code auths} without a registry; see {@link #isolated}. */
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

    /** An empty configuration. */
    public static DockerConfig empty() {
        return new DockerConfig(JsonNodeFactory.instance.objectNode());
    }

    /**
     * Parses a configuration.
     *
     * @param json the file's bytes; an empty file is an empty configuration, like for the Docker client
     * @throws IOException in one line without any content, if this is not a JSON object
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
            // Not its message, because it quotes the file.
            throw new IOException("it is not JSON"
                    + Optional.ofNullable(e.getLocation())
                            .map(at -> " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")")
                            .orElse(""));
        }
        throw new IOException("it is not a JSON object");
    }

    /**
     * The part that a block inherits from the agent's user: everything except the logins. Credential helpers of single
     * registries stay, because they are settings without secrets.
     */
    public DockerConfig withoutLogins() {
        ObjectNode copy = content.deepCopy();
        copy.remove(List.of(AUTHS, CREDENTIALS_STORE));
        return new DockerConfig(copy);
    }

    /**
     * The part that a block inherits from the block around it: everything. If that block keeps logins in a native store
     * (the Docker client then writes empty entries), a helper for the registry finds them there.
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

    /** Adds a folder in which the Docker client looks for plugins. */
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
     * Adds a login, which replaces any login or credential helper for the registry, whatever its spelling. An anonymous
     * login changes nothing.
     *
     * @throws IllegalArgumentException if the Docker client does not accept such a login
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
     * Disables native credential stores permanently.
     *
     * <p>The Docker client chooses a native store by itself (the keychain, {@code pass}, the secret service) if the
     * file has neither {@code credsStore} nor {@code credHelpers} nor an entry in {@code auths}. An entry without a
     * registry ensures that {@code auths} is never empty, even after {@code docker logout}. An empty {@code credsStore}
     * does not work: the Docker client ignores it, and Java clients look for a helper without a name.
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

    /** The registries with an entry in {@code auths}. */
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

    /** With an empty username, the Docker client refuses the whole file. */
    private static String auth(Basic basic) {
        if (basic.username().isEmpty()) {
            throw new IllegalArgumentException("the Docker client does not accept a login with an empty username");
        }
        return basic.encoded();
    }

    private static void removeEntriesOf(RegistryKey registry, ObjectNode entries) {
        List<String> names = new ArrayList<>();
        entries.fieldNames().forEachRemaining(names::add);
        entries.remove(names.stream().filter(registry::isMeantBy).toList());
    }

    /**
     * The object under this name. Anything else under this name is replaced, because the Docker client could not use it
     * either.
     */
    private static ObjectNode object(ObjectNode parent, String name) {
        return parent.get(name) instanceof ObjectNode object ? object : parent.putObject(name);
    }
}
