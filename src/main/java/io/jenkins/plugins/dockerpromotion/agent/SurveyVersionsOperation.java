package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.promotion.VersionSurveyor;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import java.io.IOException;

/** Looks at the versions an image has. */
public record SurveyVersionsOperation(VersionSurveyor surveyor, RegistryAuthentication authentication)
        implements AgentOperation<VersionSurvey> {

    @Override
    public VersionSurvey run(RegistryTransport.Context context) throws IOException, InterruptedException {
        return surveyor.survey(authentication, context);
    }
}
