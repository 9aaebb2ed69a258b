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

    static String tags(ImageName image) {
        return "/v2/" + image.path() + "/tags/list";
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
