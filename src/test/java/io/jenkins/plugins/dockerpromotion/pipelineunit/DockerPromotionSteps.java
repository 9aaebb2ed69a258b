package io.jenkins.plugins.dockerpromotion.pipelineunit;

import com.lesfurets.jenkins.unit.MethodSignature;
import com.lesfurets.jenkins.unit.PipelineTestHelper;
import groovy.lang.Closure;
import io.jenkins.plugins.dockerpromotion.notification.TagFilter;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryDockerHub;
import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The plugin's steps for Jenkinsfile tests with JenkinsPipelineUnit. Each step runs the plugin's own client against
 * in-memory registries, or returns an answer from the test. In both cases it rejects what the step in Jenkins would
 * reject. Calls are recorded, so that tests can check them.
 */
public final class DockerPromotionSteps {

    private final Surroundings around = new Surroundings();
    private final Map<String, Function<Arguments, Work>> steps = new HashMap<>();
    private final Map<String, StepAnswer> answers = new HashMap<>();
    private final List<StepCall> calls = new ArrayList<>();

    /** Creates the steps without registries or credentials. */
    public DockerPromotionSteps() {
        TagSteps tags = new TagSteps(around);
        LoginSteps logins = new LoginSteps(around);
        HubSteps hub = new HubSteps(around);
        steps.put("deleteImageTag", tags::deleteImageTag);
        steps.put("dockerHubDescription", hub::dockerHubDescription);
        steps.put("dockerHubPush", hub::dockerHubPush);
        steps.put("dockerHubToken", logins::dockerHubToken);
        steps.put("findTagForBuild", tags::findTagForBuild);
        steps.put("imageHistory", tags::imageHistory);
        steps.put("imageInfo", tags::imageInfo);
        steps.put("imageTags", tags::imageTags);
        steps.put("imageVersion", new VersionSteps(around)::imageVersion);
        steps.put("isolatedDockerConfig", logins::isolatedDockerConfig);
        steps.put("notifyDockerHub", hub::notifyDockerHub);
        steps.put("promoteImage", tags::promoteImage);
        steps.put("promoteImages", tags::promoteImages);
        steps.put("pruneDockerHost", hub::pruneDockerHost);
        steps.put("pruneImageTags", tags::pruneImageTags);
        steps.put("registryToken", logins::registryToken);
        steps.put("rollbackImage", tags::rollbackImage);
        steps.put("verifyImage", tags::verifyImage);
    }

    /** Uses {@code hub} as Docker Hub. */
    public DockerPromotionSteps dockerHub(InMemoryDockerHub hub) {
        around.registry(ImageName.DOCKER_HUB, hub.registry().uri(), hub.uri());
        return this;
    }

    /**
     * Uses {@code registry} as the registry {@code host}, written as in image names: {@code registry.example.com:5000}.
     */
    public DockerPromotionSteps registry(String host, InMemoryRegistry registry) {
        around.registry(ImageName.parseHost(host), registry.uri(), registry.uri());
        return this;
    }

    /** Adds credentials with username and password. */
    public DockerPromotionSteps credentials(String id, String username, String password) {
        around.credentials(id, new Basic(username, password));
        return this;
    }

    /** Adds secret text credentials. */
    public DockerPromotionSteps credentials(String id, String accessToken) {
        around.credentials(id, new Bearer(accessToken));
        return this;
    }

    /** Sets the build number. The default is 1. */
    public DockerPromotionSteps buildNumber(long number) {
        around.buildNumber = number;
        return this;
    }

    /** Sets an environment variable that steps read, such as {@code GIT_COMMIT}. */
    public DockerPromotionSteps variable(String name, String value) {
        around.environment.put(name, value);
        return this;
    }

    /** Sets the clock for generated versions and the age of tags. */
    public DockerPromotionSteps clock(InstantSource clock) {
        around.clock = clock;
        return this;
    }

    /** Passes each log line to {@code listener} as soon as a step writes it. */
    public DockerPromotionSteps logTo(Consumer<String> listener) {
        around.listener = listener;
        return this;
    }

    /**
     * Replaces a step by an answer of the test, from now on. If the step has a block, the block runs after the answer.
     */
    public DockerPromotionSteps answer(String step, StepAnswer answer) {
        if (!steps.containsKey(step)) {
            throw new IllegalArgumentException("there is no step '" + step + "'");
        }
        answers.put(step, answer);
        return this;
    }

    /** Registers the steps and the trigger {@code dockerHubPush} with {@code helper}. */
    public DockerPromotionSteps register(PipelineTestHelper helper) {
        for (StepSignature signature : StepSignature.all()) {
            Closure<Object> method = new StepMethod(args -> call(signature, helper, args));
            for (Class<?>[] types : List.<Class<?>[]>of(
                    new Class<?>[0], new Class<?>[] {Object.class}, new Class<?>[] {Object.class, Closure.class})) {
                helper.registerAllowedMethod(MethodSignature.method(signature.step(), types), method);
            }
        }
        return this;
    }

    private Object call(StepSignature signature, PipelineTestHelper helper, Object... args) throws Exception {
        String step = signature.step();
        StepSignature.Given given = signature.read(args);
        calls.add(new StepCall(step, given.arguments().given()));
        around.say("[Pipeline] " + step);
        Callable<Object> block = () -> given.block() == null ? null : helper.callClosure(given.block());
        Work work = checked(step, given.arguments());
        StepAnswer own = answers.get(step);
        if (own == null) {
            return work.run(block);
        }
        Object answer = own.to(given.arguments().given());
        return signature.takesBlock() ? block.call() : answer;
    }

    private Work checked(String step, Arguments arguments) {
        try {
            return steps.get(step).apply(arguments);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(step + ": " + e.getMessage(), e);
        }
    }

    /**
     * Returns all calls so far, in order. Calls that were rejected for the names or types of their arguments are not
     * included.
     */
    public List<StepCall> calls() {
        return Collections.unmodifiableList(calls);
    }

    /** Returns the arguments of all calls of one step so far. */
    public List<Map<String, Object>> calls(String step) {
        return calls.stream()
                .filter(call -> call.step().equals(step))
                .map(StepCall::arguments)
                .toList();
    }

    /** Returns whether a trigger that the Jenkinsfile defined starts a build when this tag is pushed. */
    public boolean startsOnPushOf(String image, String tag) {
        return calls("dockerHubPush").stream().anyMatch(trigger -> {
            Stream<?> images = Stream.concat(
                    Stream.ofNullable(trigger.get("image")),
                    ((List<?>) trigger.getOrDefault("images", List.of())).stream());
            return images.anyMatch(name -> ImageName.parse((String) name).equals(ImageName.parse(image)))
                    && TagFilter.of((String) trigger.getOrDefault("tag", "")).matches(new Tag(tag));
        });
    }

    /**
     * Returns the environment of a process at this point of the build. Within {@code isolatedDockerConfig} it includes
     * DOCKER_CONFIG.
     */
    public Map<String, String> environment() {
        return Map.copyOf(around.environment);
    }

    /** Returns the log lines of the steps so far. */
    public List<String> log() {
        return around.log();
    }

    /** Masks secrets as the Jenkins log would: those of the test's credentials and the tokens that steps received. */
    public String mask(String text) {
        return around.mask(text);
    }

    /** The implementation of a step. */
    @FunctionalInterface
    private interface Call {
        Object with(Object... args) throws Exception;
    }

    /** Wraps a {@link Call} in the closure that JenkinsPipelineUnit expects. */
    private static final class StepMethod extends Closure<Object> {
        private static final long serialVersionUID = 1L;

        private final transient Call call;

        StepMethod(Call call) {
            super(null);
            this.call = call;
        }

        @SuppressWarnings("unused") // called by Groovy
        public Object doCall(Object... args) throws Exception {
            return call.with(args);
        }
    }
}
