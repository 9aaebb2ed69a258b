package io.jenkins.plugins.dockerpromotion.registry;

/** The registry API's paths (OCI distribution specification, "Endpoints"). Names are checked, so nothing needs escaping. */
final class Routes {

    private Routes() {}

    static String manifest(ImageReference reference) {
        return "/v2/" + reference.name().path() + "/manifests/" + reference.reference();
    }

    static String tagReference(ImageReference tagged) {
        return "/v2/" + tagged.name().path() + "/tags/reference/" + tagged.reference();
    }

    static String tags(ImageName image, int pageSize) {
        return "/v2/" + image.path() + "/tags/list?n=" + pageSize;
    }

    /** The tags that come after {@code last}, which need not be one of them. */
    static String tags(ImageName image, int pageSize, String last) {
        return tags(image, pageSize) + "&last=" + last;
    }

    static String blob(ImageName image, Digest digest) {
        return "/v2/" + image.path() + "/blobs/" + digest;
    }

    static String uploads(ImageName image) {
        return "/v2/" + image.path() + "/blobs/uploads/";
    }

    static String referrers(ImageReference subject) {
        return "/v2/" + subject.name().path() + "/referrers/" + subject.reference();
    }
}
