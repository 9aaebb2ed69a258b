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
 * The plugin's steps for tests of Jenkinsfiles under JenkinsPipelineUnit. Each is done by the plugin's own client, against
 * registries in memory, or answered by the test; either way it refuses what the step in Jenkins would refuse, and calls are
 * kept for the test to look at.
 */
public final class DockerPromotionSteps {

    private final Surroundings around = new Surroundings();
    private final Map<String, Function<Arguments, Work>> steps = new HashMap<>();
    private final Map<String, StepAnswer> answers = new HashMap<>();
    private final List<StepCall> calls = new ArrayList<>();

    /** Steps without any registry or credentials. */
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

    /** Lets it stand for Docker Hub. */
    public DockerPromotionSteps dockerHub(InMemoryDockerHub hub) {
        around.registry(ImageName.DOCKER_HUB, hub.registry().uri(), hub.uri());
        return this;
    }

    /** Lets it stand for a registry, named as in images: {@code registry.example.com:5000}. */
    public DockerPromotionSteps registry(String host, InMemoryRegistry registry) {
        around.registry(ImageName.parseHost(host), registry.uri(), registry.uri());
        return this;
    }

    /** Credentials of the kind username and password. */
    public DockerPromotionSteps credentials(String id, String username, String password) {
        around.credentials(id, new Basic(username, password));
        return this;
    }

    /** Credentials of the kind secret text. */
    public DockerPromotionSteps credentials(String id, String accessToken) {
        around.credentials(id, new Bearer(accessToken));
        return this;
    }

    /** The number of the build, which is 1 otherwise. */
    public DockerPromotionSteps buildNumber(long number) {
        around.buildNumber = number;
        return this;
    }

    /** A variable of the build that steps go by, such as {@code GIT_COMMIT}. */
    public DockerPromotionSteps variable(String name, String value) {
        around.environment.put(name, value);
        return this;
    }

    /** The time, by which versions are made and tags grow old. */
    public DockerPromotionSteps clock(InstantSource clock) {
        around.clock = clock;
        return this;
    }

    /** Hears each line that the steps log, as they do. */
    public DockerPromotionSteps logTo(Consumer<String> listener) {
        around.listener = listener;
        return this;
    }

    /** Lets the test answer a step instead, from now on. In a step with a block, the block runs after that. */
    public DockerPromotionSteps answer(String step, StepAnswer answer) {
        if (!steps.containsKey(step)) {
            throw new IllegalArgumentException("there is no step '" + step + "'");
        }
        answers.put(step, answer);
        return this;
    }

    /** Lets Jenkinsfiles that {@code helper} runs call the steps, and the trigger {@code dockerHubPush}. */
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

    /** All calls so far, in their order. Those that were refused for the names or types of their arguments are none. */
    public List<StepCall> calls() {
        return Collections.unmodifiableList(calls);
    }

    /** The arguments of the calls of one step so far. */
    public List<Map<String, Object>> calls(String step) {
        return calls.stream()
                .filter(call -> call.step().equals(step))
                .map(StepCall::arguments)
                .toList();
    }

    /** Whether a trigger that the Jenkinsfile set up starts a build when this tag is pushed. */
    public boolean startsOnPushOf(String image, String tag) {
        return calls("dockerHubPush").stream().anyMatch(trigger -> {
            Stream<?> images = Stream.concat(
                    Stream.ofNullable(trigger.get("image")),
                    ((List<?>) trigger.getOrDefault("images", List.of())).stream());
            return images.anyMatch(name -> ImageName.parse((String) name).equals(ImageName.parse(image)))
                    && TagFilter.of((String) trigger.getOrDefault("tag", "")).matches(new Tag(tag));
        });
    }

    /** The variables of the build as a process would get them now: in {@code isolatedDockerConfig}, DOCKER_CONFIG too. */
    public Map<String, String> environment() {
        return Map.copyOf(around.environment);
    }

    /** What the steps logged so far. */
    public List<String> log() {
        return around.log();
    }

    /** A text as Jenkins would log it: without the secrets of the test's credentials, and the tokens that steps got. */
    public String mask(String text) {
        return around.mask(text);
    }

    /** What a Jenkinsfile calls. */
    @FunctionalInterface
    private interface Call {
        Object with(Object... args) throws Exception;
    }

    /** Gives it the form that JenkinsPipelineUnit takes. */
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
