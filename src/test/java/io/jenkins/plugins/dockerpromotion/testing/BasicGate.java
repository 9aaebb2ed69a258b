package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Optional;

/** Asks for a user name and password with each request. */
record BasicGate(AccessRules access) implements Gate {

    @Override
    public Optional<Answer> refuse(Incoming request, List<Scope> needed) {
        Optional<BasicCredentials> credentials = BasicCredentials.of(request);
        Optional<String> user = credentials
                .filter(it -> access.login(it.name(), it.secret()) == AccessRules.Login.ACCEPTED)
                .map(BasicCredentials::name);
        boolean allowed = needed.stream()
                .allMatch(scope ->
                        scope.actions().stream().allMatch(action -> access.allows(user, scope.repository(), action)));
        if (user.isEmpty() && (needed.isEmpty() || credentials.isPresent() || !allowed)) {
            return Optional.of(Answer.error(401, "UNAUTHORIZED", "authentication required")
                    .with("WWW-Authenticate", "Basic realm=\"Test Registry\""));
        }
        return allowed
                ? Optional.empty()
                : Optional.of(Answer.error(403, "DENIED", "requested access to the resource is denied"));
    }
}
