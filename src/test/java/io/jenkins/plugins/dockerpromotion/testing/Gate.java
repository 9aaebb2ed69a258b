package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.Optional;

/** Decides whether a request may do what it asks for. */
interface Gate {

    /** Lets everybody do everything. */
    Gate OPEN = (request, needed) -> Optional.empty();

    /** The refusal to send back, or empty where the request may go on; no scope at all asks for a valid login only. */
    Optional<Answer> refuse(Incoming request, List<Scope> needed);
}
