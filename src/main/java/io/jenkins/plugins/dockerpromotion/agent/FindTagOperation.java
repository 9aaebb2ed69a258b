package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.TagFinder;
import java.io.IOException;

/** Finds the tags of a build. */
public record FindTagOperation(TagFinder finder, RegistryAuthentication authentication)
        implements Operation<TagFinder.Found> {

    @Override
    public TagFinder.Found run(RegistryContext context) throws IOException, InterruptedException {
        return finder.with(authentication).run(context);
    }
}
