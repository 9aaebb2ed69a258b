package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.io.IOException;

/** Lists the tags of an image. */
public record ListTagsOperation(TagQuery query, RegistryAuthentication authentication)
        implements Operation<TagQuery.Found> {

    @Override
    public TagQuery.Found run(RegistryContext context) throws IOException, InterruptedException {
        return query.with(authentication).run(context);
    }
}
