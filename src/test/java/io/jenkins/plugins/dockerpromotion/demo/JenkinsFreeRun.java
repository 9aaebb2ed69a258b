package io.jenkins.plugins.dockerpromotion.demo;

import com.lesfurets.jenkins.unit.MethodSignature;
import com.lesfurets.jenkins.unit.cps.BasePipelineTestCPS;
import com.lesfurets.jenkins.unit.cps.PipelineTestHelperCPS;
import groovy.lang.Closure;
import io.jenkins.plugins.dockerpromotion.pipelineunit.DockerPromotionSteps;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a Jenkinsfile in JenkinsPipelineUnit. That supports Scripted Pipeline only, so this class adds the Declarative
 * directives that the example uses. Blocks run in the order of the file.
 */
final class JenkinsFreeRun extends BasePipelineTestCPS {

    private final DockerPromotionSteps steps = new DockerPromotionSteps();
    private final PrintStream log;
    private final Map<String, Object> parameters = new HashMap<>();

    JenkinsFreeRun(ReleaseHub hub, PrintStream log) {
        this.log = log;
        steps.dockerHub(hub.hub())
                .credentials("docker-hub", ReleaseHub.USER, ReleaseHub.PASSWORD)
                .logTo(log::println);
        setHelper(new PipelineTestHelperCPS() {
            /**
             * Skips the serialization after each method call: it takes seconds, and it fails for loops that work in
             * Jenkins.
             */
            @Override
            public <T> T roundtripSerialization(T state) {
                return state;
            }
        });
    }

    /** Runs the Jenkinsfile and passes its exceptions on. */
    void run(Path jenkinsfile) throws Exception {
        Path file = jenkinsfile.toAbsolutePath();
        setScriptRoots(file.getParent().toString());
        setBaseClassLoader(JenkinsFreeRun.class.getClassLoader());
        setUp();
        declarative();
        onJenkins();
        steps.register(getHelper());
        getHelper().runScript(loadScript(file.getFileName().toString()));
    }

    private void declarative() {
        getBinding().setVariable("params", parameters);
        getBinding().setVariable("any", "any");
        for (String block : List.of("pipeline", "parameters", "stages", "steps", "script")) {
            allow(block, args -> body(args[0]), Closure.class);
        }
        allow("agent", args -> null, Object.class);
        allow("string", args -> define((Map<?, ?>) args[0]), Map.class);
        allow(
                "stage",
                args -> {
                    say("[Pipeline] stage (" + args[0] + ")");
                    return body(args[1]);
                },
                String.class,
                Closure.class);
    }

    private Object define(Map<?, ?> parameter) {
        return parameters.put((String) parameter.get("name"), parameter.get("defaultValue"));
    }

    private void onJenkins() {
        allow(
                "echo",
                args -> {
                    say(args[0]);
                    return null;
                },
                String.class);
        allow("sh", args -> shell((String) args[0]), String.class);
    }

    private Object shell(String script) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-xec", script).redirectErrorStream(true);
        shell.environment().putAll(steps.environment());
        Process process = shell.start();
        process.getOutputStream().close();
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .forEach(this::say);
        if (process.waitFor() != 0) {
            throw new IOException("the script returned exit code " + process.exitValue());
        }
        return null;
    }

    private void say(Object text) {
        log.println(steps.mask(String.valueOf(text)));
    }

    private Object body(Object closure) {
        return getHelper().callClosure((Closure<?>) closure);
    }

    private void allow(String name, Call call, Class<?>... types) {
        getHelper().registerAllowedMethod(MethodSignature.method(name, types), new Method(this, call));
    }

    /** The implementation of a Pipeline method. */
    @FunctionalInterface
    private interface Call {
        Object with(Object... args) throws Exception;
    }

    /** Wraps a {@link Call} in the closure that JenkinsPipelineUnit expects. */
    private static final class Method extends Closure<Object> {
        private static final long serialVersionUID = 1L;

        private final transient Call call;

        Method(Object owner, Call call) {
            super(owner);
            this.call = call;
        }

        @SuppressWarnings("unused") // called by Groovy
        public Object doCall(Object... args) throws Exception {
            return call.with(args);
        }
    }
}
