package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractBuild;
import hudson.model.EnvironmentContributor;
import hudson.model.Run;
import hudson.model.TaskListener;

/** Tells a build of the push that started it. All values were checked when the push came in: names, tags, digests. */
@Extension
public final class DockerPushEnvironment extends EnvironmentContributor {

    @Override
    @SuppressWarnings("rawtypes")
    public void buildEnvironmentFor(Run run, EnvVars variables, TaskListener listener) {
        DockerPushCause cause = ((Run<?, ?>) run).getCause(DockerPushCause.class);
        if (cause != null) {
            variables.put("DOCKER_TRIGGER_REPO_NAME", cause.getImage());
            variables.put("DOCKER_TRIGGER_TAG", cause.getTag());
            variables.put("DOCKER_TRIGGER_PUSHER", pusher(run, cause));
            variables.put("DOCKER_TRIGGER_DIGEST", Util.fixNull(cause.getDigest()));
        }
    }

    /**
     * Variables that a value names are put into it by builds that are no Pipelines ({@code EnvVars.resolve}): a stranger
     * must not read others by a name like <code>${PASSWORD}</code>.
     */
    private static String pusher(Run<?, ?> run, DockerPushCause cause) {
        return run instanceof AbstractBuild ? cause.getPusher().replace("$", "$$") : cause.getPusher();
    }
}
