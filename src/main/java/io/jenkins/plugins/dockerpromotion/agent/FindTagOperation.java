package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.promotion.TagFinder;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import java.io.IOException;

/** Finds the tags of a build. */
public record FindTagOperation(TagFinder finder, RegistryAuthentication authentication)
        implements AgentOperation<TagFinder.Found> {

    @Override
    public TagFinder.Found run(RegistryTransport.Context context) throws IOException, InterruptedException {
        return finder.find(authentication, context);
    }
}
