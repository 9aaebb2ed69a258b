package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Form validation that several steps share. Does not contact registries or use secrets. */
final class ImageForm {

    private ImageForm() {}

    /** Checks that {@code value} is an image name. */
    static FormValidation checkImage(String value) {
        return given(value, Messages.ImageForm_imageRequired(), ImageName::parse);
    }

    /** Checks that {@code value} is an image name that {@code parser} accepts. */
    static FormValidation checkImage(String value, Consumer<String> parser) {
        return given(value, Messages.ImageForm_imageRequired(), parser);
    }

    /** Checks that {@code value} is an image name or empty. */
    static FormValidation checkOptionalImage(String value) {
        return ifGiven(value, ImageName::parse);
    }

    /** Checks that {@code value} is a tag. */
    static FormValidation checkTag(String value) {
        return given(value, Messages.ImageForm_tagRequired(), Tag::new);
    }

    /** Checks that {@code value} is a tag or a digest. */
    static FormValidation checkTagOrDigest(String value) {
        return given(value, Messages.ImageForm_tagOrDigestRequired(), v -> {
            if (!Tag.isValid(v)) {
                Digest.parse(v);
            }
        });
    }

    /** Checks that {@code value} is a digest or empty. */
    static FormValidation checkOptionalDigest(String value) {
        return ifGiven(value, Digest::parse);
    }

    /** Checks that {@code value} is a positive number or empty. */
    static FormValidation checkOptionalCount(String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : FormValidation.validatePositiveInteger(value);
    }

    /** Refuses a text that is not a build number. Other types are left to their conversion. */
    static void requireNumber(Object build, String phrase) throws AbortException {
        if (build instanceof CharSequence text && !text.toString().matches("[0-9]{1,18}")) {
            throw new AbortException("Cannot " + phrase + ": '" + text + "' is not a build number");
        }
    }

    /** Checks that {@code value} is a pattern that can find a build, and shows an example. */
    static FormValidation checkBuildPattern(String value) {
        return checkPattern(value, v -> TagPattern.of(v).requireBuild());
    }

    /** Checks that {@code value} is a pattern, and shows an example. */
    static FormValidation checkPattern(String value) {
        return checkPattern(value, TagPattern::of);
    }

    private static FormValidation checkPattern(String value, Consumer<String> parser) {
        return known(value).map(given -> FormFields.pattern(given, parser)).orElseGet(FormValidation::ok);
    }

    /** Checks that {@code value} is a regular expression that can find a build. */
    static FormValidation checkRegex(String value) {
        return ifGiven(value, v -> TagPattern.regex(v).requireBuild());
    }

    /** Checks that {@code value} is a time zone or empty. */
    static FormValidation checkZone(String value) {
        return ifGiven(value, VersionTemplate::zone);
    }

    /**
     * Checks parameters that depend on each other.
     *
     * @param parameters all of them
     */
    static FormValidation checkVersion(String parameters, Supplier<String> version) {
        if (parameters.contains("${")) {
            return FormValidation.ok();
        }
        return FormFields.check(() -> FormValidation.ok(Messages.ImageForm_version(version.get())));
    }

    /** The registry of an image name that may be incomplete; Docker Hub if the name is not valid. */
    static String registryOf(String image) {
        try {
            return ImageName.parse(Util.fixNull(image).trim()).host();
        } catch (IllegalArgumentException e) {
            return ImageName.DOCKER_HUB;
        }
    }

    /** Checks that the credentials exist for the registry of {@code image}, if the registry is known. */
    static FormValidation checkCredentials(Item item, String value, String image) {
        return Util.fixNull(image).contains("${")
                ? FormValidation.ok()
                : StepCredentials.check(item, value, registryOf(image));
    }

    private static FormValidation given(String value, String otherwise, Consumer<String> parser) {
        return Optional.ofNullable(Util.fixEmptyAndTrim(value))
                .map(v -> ifGiven(v, parser))
                .orElseGet(() -> FormValidation.error(otherwise));
    }

    /** Checks that {@code value} is empty or accepted by {@code parser}. */
    static FormValidation ifGiven(String value, Consumer<String> parser) {
        return known(value).map(v -> FormFields.parsed(v, parser)).orElseGet(FormValidation::ok);
    }

    /** The value of a build parameter is known in the build only. */
    private static Optional<String> known(String value) {
        return Optional.ofNullable(Util.fixEmptyAndTrim(value)).filter(given -> !given.contains("${"));
    }
}
