package io.jenkins.plugins.dockerpromotion.testing;

/** A way in which some registry differs from the specification or from its fellows; all are off unless asked for. */
public enum Quirk {

    // Lists of tags
    /** Answers a page size above 1000 with an error, like ECR. */
    ERROR_ABOVE_1000_TAGS,
    /** Returns all tags, unsorted, whatever {@code n} and {@code last} say, like the CNCF registry before 3.0. */
    IGNORES_PAGING,
    UNSORTED_PAGES,
    /** Lists tags in the order of their last push, and begins anew behind a tag it does not know. */
    OLDEST_FIRST,
    /** {@code "tags": null} for a repository without tags. */
    NULL_TAGS_WHEN_EMPTY,
    /** The next page is at {@code next_page=} and an opaque value, like Quay's. */
    NEXT_PAGE_TOKEN,
    ABSOLUTE_LINK,
    /** The next page is always the first one. */
    REPEATS_A_PAGE,
    /** Cuts a list at the page's size without a word. */
    NO_LINK,
    /** Always sends the first page, whatever {@code last} says. */
    IGNORES_LAST,
    /** Sends the first page for what comes after the last tag, like crane's registry. */
    BEGINS_AGAIN,
    /** Begins a page with the tag that {@code last} names. */
    LAST_INCLUDED,
    /** The path of the next page is the one that a proxy in front of the registry asked for. */
    LINK_WITH_PATH_OF_A_PROXY,

    // Manifests
    NO_CONTENT_DIGEST,
    /** {@code Docker-Content-Digest} is a valid digest of something else. */
    WRONG_CONTENT_DIGEST,
    DELETE_SWITCHED_OFF_405,
    DELETE_UNSUPPORTED_400,
    /** Takes a deletion by tag for one of the manifest with all its tags. */
    DELETE_BY_TAG_TAKES_ALL,
    /** Answers a deletion by tag with 400 UNSUPPORTED; deleting a digest removes its tags, as everywhere. */
    DELETE_BY_DIGEST_ONLY,
    /** Answers a deletion by tag with 400 DIGEST_INVALID, like the CNCF registry before 3.0. */
    DELETE_BY_TAG_INVALID,
    /**
     * Sends only media types that the request accepts, like the CNCF registry 2.8: without them an OCI manifest is
     * 404, a Docker manifest 400, and a Docker list becomes the manifest for linux/amd64.
     */
    HONOURS_ACCEPT,
    /** Deletes tags at {@code DELETE /v2/<name>/tags/reference/<tag>} and no other way, like GitLab before 16.4. */
    GITLAB_TAG_DELETE,
    NO_REFERRERS_API,

    // Blobs
    /** Answers every mount with an upload session. */
    NO_MOUNT,
    /** Challenges a mount whose token may not pull the source, like the CNCF registry, instead of answering 202. */
    MOUNT_CHALLENGES_FOR_SOURCE,
    RELATIVE_UPLOAD_LOCATION,
    /** Answers an upload in one POST with an upload session, like the CNCF registry. */
    NO_MONOLITHIC_UPLOAD,

    // Tokens
    /** Looks only at the first scope that is asked for. */
    FIRST_SCOPE_ONLY,
    CHALLENGE_WITHOUT_SCOPE,
    /** Offers Basic and an unknown scheme in the same header, before Bearer. */
    CHALLENGE_AMONG_OTHERS,
    /** Answers with {@code access_token} instead of {@code token}. */
    ACCESS_TOKEN_FIELD,
    /** Leaves {@code expires_in} out; such a token lives 60 seconds. */
    NO_EXPIRES_IN
}
