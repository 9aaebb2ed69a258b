package io.jenkins.plugins.dockerpromotion.testing;

/** A difference between some registries and the specification. All are off by default. */
public enum Quirk {

    // Lists of tags
    /** Answers a page size above 1000 with an error, like ECR. */
    ERROR_ABOVE_1000_TAGS,
    /** Returns all tags, unsorted, whatever {@code n} and {@code last} say, like the CNCF registry before 3.0. */
    IGNORES_PAGING,
    UNSORTED_PAGES,
    /** Lists tags in the order of their last push, and starts again after an unknown tag. */
    OLDEST_FIRST,
    /** {@code "tags": null} for a repository without tags. */
    NULL_TAGS_WHEN_EMPTY,
    /** The next page is at {@code next_page=} and an opaque value, like Quay's. */
    NEXT_PAGE_TOKEN,
    ABSOLUTE_LINK,
    /** The next page is always the first one. */
    REPEATS_A_PAGE,
    /** Silently cuts off a list at the page size. */
    NO_LINK,
    /** Always sends the first page, whatever {@code last} says. */
    IGNORES_LAST,
    /** Sends the first page again after the last tag, like crane's registry. */
    BEGINS_AGAIN,
    /** Starts a page with the tag in {@code last}. */
    LAST_INCLUDED,
    /** The link to the next page has the path that a proxy requested. */
    LINK_WITH_PATH_OF_A_PROXY,

    // Manifests
    NO_CONTENT_DIGEST,
    /** {@code Docker-Content-Digest} is a valid digest of something else. */
    WRONG_CONTENT_DIGEST,
    DELETE_SWITCHED_OFF_405,
    DELETE_UNSUPPORTED_400,
    /** Deletes the manifest with all its tags if one tag is deleted. */
    DELETE_BY_TAG_TAKES_ALL,
    /** Answers a deletion by tag with 400 UNSUPPORTED; deleting a digest removes its tags, as everywhere. */
    DELETE_BY_DIGEST_ONLY,
    /** Answers a deletion by tag with 400 DIGEST_INVALID, like the CNCF registry before 3.0. */
    DELETE_BY_TAG_INVALID,
    /**
     * Sends only media types that the request accepts, like the CNCF registry 2.8: otherwise, an OCI manifest is 404, a
     * Docker manifest 400, and a Docker list becomes the manifest for linux/amd64.
     */
    HONOURS_ACCEPT,
    /** Deletes tags only at {@code DELETE /v2/<name>/tags/reference/<tag>}, like GitLab before 16.4. */
    GITLAB_TAG_DELETE,
    NO_REFERRERS_API,

    // Blobs
    /** Answers every mount with an upload session. */
    NO_MOUNT,
    /**
     * Answers a mount with a challenge if the token may not pull the source, like the CNCF registry, instead of 202.
     */
    MOUNT_CHALLENGES_FOR_SOURCE,
    RELATIVE_UPLOAD_LOCATION,

    // Tokens
    /** Uses only the first requested scope. */
    FIRST_SCOPE_ONLY,
    CHALLENGE_WITHOUT_SCOPE,
    /** Offers Basic and an unknown scheme in the same header, before Bearer. */
    CHALLENGE_AMONG_OTHERS,
    /** Answers with {@code access_token} instead of {@code token}. */
    ACCESS_TOKEN_FIELD,
    /** Omits {@code expires_in}; such a token is valid for 60 seconds. */
    NO_EXPIRES_IN
}
