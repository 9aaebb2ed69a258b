package io.jenkins.plugins.dockerpromotion.testing;

import io.jenkins.plugins.dockerpromotion.testing.InMemoryRegistry.Standing;
import java.util.Optional;

/**
 * Deviations of real registries from the OCI distribution specification. All are off by default. Most change or replace
 * the responses to some requests; {@link RegistryApi} implements the others.
 */
public enum Quirk {

    // Lists of tags
    /** Rejects a page size above 1000 with an error, like ECR. */
    ERROR_ABOVE_1000_TAGS,
    /** Ignores {@code n} and {@code last} and returns all tags, unsorted, like the CNCF registry before 3.0. */
    IGNORES_PAGING,
    UNSORTED_PAGES,
    /** Lists tags in the order of their last push; restarts from the first tag if {@code last} is unknown. */
    OLDEST_FIRST,
    /** Returns {@code "tags": null} for a repository without tags. */
    NULL_TAGS_WHEN_EMPTY(
            "GET", "/v2/.*/tags/list", Fault.changeBody(body -> body.replace("\"tags\":[]", "\"tags\":null"))),
    /** Links to the next page with an opaque {@code next_page} parameter, like Quay. */
    NEXT_PAGE_TOKEN,
    ABSOLUTE_LINK,
    /** Links to the first page as the next one, without end. */
    REPEATS_A_PAGE(
            "GET", "/v2/.*/tags/list", Fault.changeHeader("Link", link -> link.replaceFirst("last=[^&>]*&", ""))),
    /** Truncates a list at the page size without a {@code Link} header. */
    NO_LINK("GET", "/v2/.*/tags/list", Fault.removeHeader("Link")),
    /** Ignores {@code last} and always sends the first page. */
    IGNORES_LAST,
    /** Sends the first page again after the last tag, like crane's registry. */
    BEGINS_AGAIN,
    /** Includes the tag in {@code last} in the next page. */
    LAST_INCLUDED,
    /** Links to the next page with the path prefix of a proxy in front of the registry. */
    LINK_WITH_PATH_OF_A_PROXY(
            "GET",
            "/v2/.*/tags/list",
            Fault.changeHeader("Link", link -> link.replaceFirst("/v2/", "/repository/proxy/v2/"))),

    // Manifests
    NO_CONTENT_DIGEST(".*", "/v2/.*/manifests/.*", Fault.removeHeader("Docker-Content-Digest")),
    /** Sends a valid but wrong digest in {@code Docker-Content-Digest}. */
    WRONG_CONTENT_DIGEST(
            ".*",
            "/v2/.*/manifests/.*",
            Fault.changeHeader(
                    "Docker-Content-Digest",
                    digest -> Content.of("not " + digest).digest())),
    DELETE_SWITCHED_OFF_405(
            "DELETE",
            "/v2/.*/(manifests|blobs)/[^/]*",
            Fault.error(405, "UNSUPPORTED", "The operation is unsupported.")),
    DELETE_UNSUPPORTED_400(
            "DELETE",
            "/v2/.*/(manifests|blobs)/[^/]*",
            Fault.error(400, "UNSUPPORTED", "The operation is unsupported.")),
    /** Deletes the manifest with all its tags when one tag is deleted. */
    DELETE_BY_TAG_TAKES_ALL,
    /** Rejects deletion by tag with 400 UNSUPPORTED. As in all registries, deleting a digest removes its tags. */
    DELETE_BY_DIGEST_ONLY(
            "DELETE", "/v2/.*/manifests/[^:]*", Fault.error(400, "UNSUPPORTED", "The operation is unsupported.")),
    /** Rejects deletion by tag with 400 DIGEST_INVALID, like the CNCF registry before 3.0. */
    DELETE_BY_TAG_INVALID(
            "DELETE", "/v2/.*/manifests/[^:]*", Fault.error(400, "DIGEST_INVALID", "provided digest did not match")),
    /**
     * Sends only media types in the {@code Accept} header, like the CNCF registry 2.8. Otherwise: 404 for an OCI
     * manifest, 400 for a Docker manifest, and instead of a Docker manifest list the manifest for linux/amd64.
     */
    HONOURS_ACCEPT,
    /**
     * Deletes tags only at {@code DELETE /v2/<name>/tags/reference/<tag>}, like GitLab before 16.4, whose registry was a
     * fork of the CNCF registry.
     */
    GITLAB_TAG_DELETE(
            "DELETE", "/v2/.*/manifests/[^:]*", Fault.error(400, "DIGEST_INVALID", "provided digest did not match")),
    NO_REFERRERS_API,

    // Blobs
    /** Starts an upload session instead of mounting a blob. */
    NO_MOUNT,
    /**
     * Responds to a mount with a challenge instead of 202 if the token does not allow pulling from the source, like the
     * CNCF registry.
     */
    MOUNT_CHALLENGES_FOR_SOURCE,
    RELATIVE_UPLOAD_LOCATION(
            ".*",
            "/v2/.*/blobs/uploads/.*",
            Fault.changeHeader("Location", address -> address.replaceFirst("^https?://[^/]*", ""))),

    // Tokens
    /** Grants only the first requested scope. */
    FIRST_SCOPE_ONLY,
    CHALLENGE_WITHOUT_SCOPE(
            ".*",
            ".*",
            Fault.changeHeader("WWW-Authenticate", challenge -> challenge.replaceFirst(",scope=\"[^\"]*\"", ""))),
    /** Lists Basic and an unknown scheme before Bearer in the same {@code WWW-Authenticate} header. */
    CHALLENGE_AMONG_OTHERS(
            ".*",
            ".*",
            Fault.changeHeader(
                    "WWW-Authenticate",
                    challenge -> "Basic realm=\"a, \\\"quoted\\\" realm\", Negotiate, " + challenge)),
    /** Returns {@code access_token} instead of {@code token}. */
    ACCESS_TOKEN_FIELD,
    /** Omits {@code expires_in}, so that a token is valid for 60 seconds. */
    NO_EXPIRES_IN;

    private final Optional<Standing> standing;

    Quirk() {
        standing = Optional.empty();
    }

    Quirk(String methods, String pathRegex, Fault fault) {
        standing = Optional.of(new Standing(RecordedRequest.matching(methods, pathRegex), fault));
    }

    Optional<Standing> standing() {
        return standing;
    }
}
