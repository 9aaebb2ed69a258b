package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.promotion.TagQuery;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryTransport;
import java.io.IOException;

/** Lists the tags of an image. */
public record ListTagsOperation(TagQuery query, RegistryAuthentication authentication)
        implements AgentOperation<TagQuery.Found> {

    @Override
    public TagQuery.Found run(RegistryTransport.Context context) throws IOException, InterruptedException {
        return query.find(authentication, context);
    }
}
