package io.jenkins.plugins.dockerpromotion.agent;

import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.IssuedToken;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import io.jenkins.plugins.dockerpromotion.registry.http.TokenIssuer;
import java.util.Optional;
import java.util.Set;

/**
 * Gets a token of a registry's token service.
 *
 * @param host of the registry, as in image names
 * @param scope what it is to allow; {@code null} for nothing but knowing who is logged in
 */
public record RegistryTokenOperation(String host, Scope scope, RegistryAuthentication authentication)
        implements Operation<IssuedToken> {

    @Override
    public IssuedToken run(RegistryContext context) throws RegistryException, InterruptedException {
        Set<Scope> scopes = Optional.ofNullable(scope).map(Set::of).orElse(Set.of());
        return new TokenIssuer(host, authentication, context).issue(scopes);
    }
}
