package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
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
            variables.put("DOCKER_TRIGGER_PUSHER", cause.getPusher());
            variables.put("DOCKER_TRIGGER_DIGEST", Util.fixNull(cause.getDigest()));
        }
    }
}
