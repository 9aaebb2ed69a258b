package io.jenkins.plugins.dockerpromotion.testing;

/** Deviations of real registries from the OCI distribution specification. All are off by default. */
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
    NULL_TAGS_WHEN_EMPTY,
    /** Links to the next page with an opaque {@code next_page} parameter, like Quay. */
    NEXT_PAGE_TOKEN,
    ABSOLUTE_LINK,
    /** Links to the first page as the next one, without end. */
    REPEATS_A_PAGE,
    /** Truncates a list at the page size without a {@code Link} header. */
    NO_LINK,
    /** Ignores {@code last} and always sends the first page. */
    IGNORES_LAST,
    /** Sends the first page again after the last tag, like crane's registry. */
    BEGINS_AGAIN,
    /** Includes the tag in {@code last} in the next page. */
    LAST_INCLUDED,
    /** Links to the next page with the path prefix of a proxy in front of the registry. */
    LINK_WITH_PATH_OF_A_PROXY,

    // Manifests
    NO_CONTENT_DIGEST,
    /** Sends a valid but wrong digest in {@code Docker-Content-Digest}. */
    WRONG_CONTENT_DIGEST,
    DELETE_SWITCHED_OFF_405,
    DELETE_UNSUPPORTED_400,
    /** Deletes the manifest with all its tags when one tag is deleted. */
    DELETE_BY_TAG_TAKES_ALL,
    /** Rejects deletion by tag with 400 UNSUPPORTED. As in all registries, deleting a digest removes its tags. */
    DELETE_BY_DIGEST_ONLY,
    /** Rejects deletion by tag with 400 DIGEST_INVALID, like the CNCF registry before 3.0. */
    DELETE_BY_TAG_INVALID,
    /**
     * Sends only media types in the {@code Accept} header, like the CNCF registry 2.8. Otherwise: 404 for an OCI
     * manifest, 400 for a Docker manifest, and instead of a Docker manifest list the manifest for linux/amd64.
     */
    HONOURS_ACCEPT,
    /** Deletes tags only at {@code DELETE /v2/<name>/tags/reference/<tag>}, like GitLab before 16.4. */
    GITLAB_TAG_DELETE,
    NO_REFERRERS_API,

    // Blobs
    /** Starts an upload session instead of mounting a blob. */
    NO_MOUNT,
    /**
     * Responds to a mount with a challenge instead of 202 if the token does not allow pulling from the source, like the
     * CNCF registry.
     */
    MOUNT_CHALLENGES_FOR_SOURCE,
    RELATIVE_UPLOAD_LOCATION,

    // Tokens
    /** Grants only the first requested scope. */
    FIRST_SCOPE_ONLY,
    CHALLENGE_WITHOUT_SCOPE,
    /** Lists Basic and an unknown scheme before Bearer in the same {@code WWW-Authenticate} header. */
    CHALLENGE_AMONG_OTHERS,
    /** Returns {@code access_token} instead of {@code token}. */
    ACCESS_TOKEN_FIELD,
    /** Omits {@code expires_in}, so that a token is valid for 60 seconds. */
    NO_EXPIRES_IN
}
