package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCaller;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Docker Hub's own API, which knows more of a repository than the registry API does and lists tags faster. */
public final class DockerHubClient {

    private static final int PAGE_ATTEMPTS = 3;

    private final RegistryLocation location;
    private final HttpCaller caller;
    private final RegistryAuthentication authentication;
    private final HubSession session;

    private DockerHubClient(
            RegistryLocation location, HttpCaller caller, RegistryAuthentication authentication, Timekeeper time) {
        this.location = location;
        this.caller = caller;
        this.authentication = authentication;
        this.session = authentication instanceof Basic basic
                ? new HubSession(basic.username(), () -> login(basic), time)
                : null;
    }

    /** Opens Docker Hub; asks it nothing yet. */
    public static DockerHubClient open(RegistryAuthentication authentication, RegistryContext context) {
        RegistryLocation location = context.network().dockerHub();
        return new DockerHubClient(location, context.caller(location), authentication, context.time());
    }

    /**
     * Gets a token of the API, valid for ten minutes. One request.
     *
     * @throws RegistryException also when user name and password do not match, or two-factor login makes them useless
     */
    public static String token(Basic credential, RegistryContext context)
            throws RegistryException, InterruptedException {
        return open(credential, context).login(credential);
    }

    private String login(Basic credential) throws RegistryException, InterruptedException {
        HubLogin login = new HubLogin(location.api(), credential);
        return caller.call(login.call(), login);
    }

    /**
     * Hands every tag of {@code image} to a consumer, in no order. One request a hundred tags, all but the first at once;
     * one more to log in.
     *
     * @param readings makes the consumer anew whenever the list changed while it was read
     * @return the consumer that has seen the complete list
     */
    public <S extends Consumer<ListedTag>> S tags(ImageName image, Supplier<S> readings)
            throws RegistryException, InterruptedException {
        return new HubTagLister(location.api(), image, location.pageSize(), authorizer()).list(caller, readings);
    }

    /** What Docker Hub knows of a tag, without it counting as a pull. One request, one more to log in. */
    public Optional<ListedTag> tag(ImageReference tagged) throws RegistryException, InterruptedException {
        HubTag tag = new HubTag(location.api(), tagged, authorizer());
        return caller.call(tag.call(), tag);
    }

    /** Removes a tag and nothing else; returns whether it was there. One request, one more to log in. */
    public boolean deleteTag(ImageReference tagged) throws RegistryException, InterruptedException {
        HubTagDeleter deleter = new HubTagDeleter(location.api(), tagged, authorizer());
        return caller.call(deleter.call(), deleter);
    }

    /**
     * Changes the page of a repository, and nothing of it that {@code change} does not name. One request if the page is
     * as it should be already, two if not, one more to log in.
     *
     * <p>Docker Hub knows no conditional change, so the page is read right before each attempt to change it, and an edit
     * that somebody saves between the two is lost, unless it is of the other description.
     *
     * @return whether something had to be changed
     * @throws RegistryException also when the page would be too long or its sections are damaged; then nothing is sent
     */
    public boolean changePage(ImageName image, PageChange change) throws RegistryException, InterruptedException {
        Authorizer authorizer = authorizer();
        HubPageReader reader = new HubPageReader(location.api(), image, authorizer);
        for (int attempt = 1; ; attempt++) {
            HubPage before = caller.call(reader.call(), reader);
            HubPage after = apply(change, before, image);
            if (after.equals(before)) {
                // Behind a failure it was done all the same, and only the answer was lost.
                return attempt > 1;
            }
            try {
                HubPageWriter writer = new HubPageWriter(location.api(), image, before, after, authorizer);
                caller.call(writer.call(), writer);
                return true;
            } catch (RegistryException e) {
                if (!e.isTemporary() || attempt == PAGE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private HubPage apply(PageChange change, HubPage before, ImageName image) throws RegistryException {
        try {
            return change.appliedTo(before);
        } catch (IllegalArgumentException e) {
            throw new RegistryException("Cannot change the page of " + image + " on "
                    + location.api().getAuthority() + ": " + e.getMessage());
        }
    }

    /** A call each: it logs in once for all of them, and again in time. */
    private Authorizer authorizer() {
        if (authentication instanceof Basic) {
            return session.authorizer();
        }
        if (authentication instanceof Bearer bearer) {
            return Authorizer.bearer(bearer.token(), "check that the access token is one of Docker Hub's API");
        }
        return Authorizer.NONE;
    }
}
