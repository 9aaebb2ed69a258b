package io.jenkins.plugins.dockerpromotion.testing;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The Docker Hub of {@code docs/examples/release/Jenkinsfile}: a private repository with several hundred tags. They
 * include the tag of build 103 and tags that an imprecise search would mistake for it.
 */
public final class ReleaseHub implements AutoCloseable {

    public static final String IMAGE = "technolog/serviceone";

    /** The tag that build 103 pushed. */
    public static final String TAG = "2017.2.103";

    /** The tags that a release adds to the image. */
    public static final List<String> RELEASE_TAGS = List.of(TAG + "-rc", "latest");

    /** The tag of the image that is {@code latest} before the release. */
    public static final String LATEST_BEFORE = tag(95);

    public static final String USER = "technolog";
    public static final String PASSWORD = "only-for-the-demo";

    /** Tags that a search for "103" anywhere in a tag, or for a regular expression with unescaped dots, would find. */
    public static final List<String> DECOYS = List.of("2017.2.1030", "2017.2.2103", "2017x2y103");

    private static final int BUILDS = 420;
    private static final int BUILDS_A_WEEK = 8;

    private final InMemoryDockerHub hub;
    private final String digest;

    private ReleaseHub(InMemoryDockerHub hub) {
        this.hub = hub;
        IntStream.rangeClosed(1, BUILDS).forEach(build -> push(tag(build), build));
        DECOYS.forEach(tag -> push(tag, BUILDS + 1 + DECOYS.indexOf(tag)));
        TestImage multiPlatform =
                TestImage.ociIndex(TestImage.oci(1103), TestImage.oci(2103).withPlatform("linux", "arm64"));
        digest = hub.registry().push(IMAGE, TAG, multiPlatform);
        hub.registry().tag(IMAGE, "latest", LATEST_BEFORE);
    }

    public static ReleaseHub start() {
        return new ReleaseHub(InMemoryDockerHub.builder()
                .user(USER, PASSWORD)
                .privateRepository(IMAGE)
                .start());
    }

    public InMemoryDockerHub hub() {
        return hub;
    }

    public InMemoryRegistry registry() {
        return hub.registry();
    }

    /** The digest of the image of build 103. */
    public String digest() {
        return digest;
    }

    public int tags() {
        return registry().tags(IMAGE).size();
    }

    /** One message per release tag that does not point to the image of build 103; empty if all are correct. */
    public List<String> faults() {
        return RELEASE_TAGS.stream()
                .filter(tag -> !registry().digestOf(IMAGE, tag).orElse("").equals(digest))
                .map(tag -> IMAGE + ":" + tag + " is "
                        + registry().digestOf(IMAGE, tag).orElse("not there") + ", and should be " + digest)
                .toList();
    }

    @Override
    public void close() {
        hub.close();
    }

    private void push(String tag, long seed) {
        registry().push(IMAGE, tag, TestImage.docker(seed));
    }

    /** The tag of a build. Build numbers continue across weeks; build 103 is the last one of week 2 of 2017. */
    private static String tag(int build) {
        int week = Math.floorDiv(build - 104, BUILDS_A_WEEK) + 3;
        return week < 1 ? "2016." + (week + 52) + "." + build : "2017." + week + "." + build;
    }
}
