package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.TagRemoval;
import java.io.IOException;

/** Deletes a tag. */
public record DeleteTagOperation(TagRemoval removal, RegistryAuthentication authentication)
        implements Operation<TagRemoval.Removed> {

    @Override
    public TagRemoval.Removed run(RegistryContext context) throws IOException, InterruptedException {
        return removal.with(authentication).run(context);
    }
}
