package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest.Inherit;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** The steps that provide registry logins. */
final class LoginSteps {

    private static final Set<String> ACTIONS = Set.of("pull", "push", "delete", "*");
    private static final List<String> DEFAULT_ACTIONS = List.of("pull");

    /** Suffix of a build's directory for temporary files. */
    private static final String TEMPORARY = "@tmp";

    private final Surroundings around;

    LoginSteps(Surroundings around) {
        this.around = around;
    }

    Work dockerHubToken(Arguments given) {
        return block -> {
            String token = DockerHub.token(
                    around.usernamePassword(given.text("credentialsId")), around.reaching(ImageName.DOCKER_HUB));
            around.hide(token);
            around.say("Got a token from Docker Hub");
            return token;
        };
    }

    Work registryToken(Arguments given) {
        Optional<ImageName> image = given.text("image").map(ImageName::parse);
        Optional<String> registry = given.text("registry").map(ImageName::parseHost);
        if (image.isPresent() == registry.isPresent()) {
            throw new IllegalArgumentException("set either 'image' or 'registry'");
        }
        List<String> actions = given.words("actions").isEmpty() ? DEFAULT_ACTIONS : given.words("actions");
        if (!ACTIONS.containsAll(actions)) {
            throw new IllegalArgumentException("'actions' must be pull, push, delete or *, not " + actions);
        }
        if (image.isEmpty() && !actions.equals(DEFAULT_ACTIONS)) {
            throw new IllegalArgumentException("'actions' require 'image'");
        }
        String host = image.map(ImageName::host).or(() -> registry).orElseThrow();
        Set<Scope> scopes =
                image.map(name -> Set.of(new Scope(name.path(), actions))).orElse(Set.of());
        return block -> {
            RegistryAuthentication login = around.login(given.text("credentialsId"));
            String token = RegistryTransport.issueToken(host, login, scopes, around.reaching(host))
                    .value();
            around.hide(token);
            around.say("Got a token from " + host);
            return token;
        };
    }

    Work isolatedDockerConfig(Arguments given) {
        List<Map<String, String>> entries = new ArrayList<>(given.logins("registries"));
        if (given.text("registry").isPresent() || given.text("credentialsId").isPresent()) {
            entries.add(
                    0,
                    Map.of(
                            "url", given.text("registry").orElse(""),
                            "credentialsId", given.text("credentialsId").orElse("")));
        }
        Map<RegistryKey, String> ids = new LinkedHashMap<>();
        for (Map<String, String> entry : entries) {
            RegistryKey key = RegistryKey.of(entry.getOrDefault("url", ""));
            if (ids.put(key, entry.getOrDefault("credentialsId", "").trim()) != null) {
                throw new IllegalArgumentException("there are two logins for " + key.host());
            }
        }
        return block -> {
            Map<RegistryKey, RegistryAuthentication> logins = new LinkedHashMap<>();
            ids.forEach((key, id) ->
                    logins.put(key, around.login(Optional.of(id).filter(named -> !named.isEmpty()))));
            return inside(given.flag("inherit"), logins, block);
        };
    }

    private Object inside(boolean inherit, Map<RegistryKey, RegistryAuthentication> logins, Callable<Object> block)
            throws Exception {
        Map<String, String> outer = around.environment;
        try (TemporaryDirectory place = new TemporaryDirectory("docker-promotion")) {
            Map<String, String> before = new HashMap<>(outer);
            // Use an empty home directory, not the one of the user who runs the test.
            before.put("HOME", place.path().toString());
            before.put("USERPROFILE", place.path().toString());
            ConfigRequest request =
                    new ConfigRequest(inherit ? Inherit.IF_READABLE : Inherit.NOTHING, TEMPORARY, before, logins);
            Map<String, String> within = new HashMap<>(outer);
            within.putAll(ConfigDirectory.create(place.path().resolve("workspace" + TEMPORARY + "/docker"), request)
                    .variables());
            around.environment = within;
            return block.call();
        } finally {
            around.environment = outer;
        }
    }
}
