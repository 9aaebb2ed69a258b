package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.VersionSurveyor;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import java.io.IOException;

/** Looks at the versions an image has. */
public record SurveyVersionsOperation(VersionSurveyor surveyor, RegistryAuthentication authentication)
        implements Operation<VersionSurvey> {

    @Override
    public VersionSurvey run(RegistryContext context) throws IOException, InterruptedException {
        return surveyor.with(authentication).run(context);
    }
}
