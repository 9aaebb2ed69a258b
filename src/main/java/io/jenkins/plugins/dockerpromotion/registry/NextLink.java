package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code Link} header's next page (RFC 8288): relative or absolute, taken as it stands, on the same origin only. */
final class NextLink {

    private static final Pattern NEXT =
            Pattern.compile("<([^<>]{1,4096})>[^<>,]*;\\s*rel\\s*=\\s*\"?next\\b", Pattern.CASE_INSENSITIVE);

    private NextLink() {}

    static Optional<URI> of(Answer answer) throws RegistryException {
        Matcher link = NEXT.matcher(String.join(", ", answer.headers("Link")));
        return link.find() ? Optional.of(answer.sameOrigin(link.group(1))) : Optional.empty();
    }
}
