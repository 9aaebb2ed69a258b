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

/** What the forms of several steps check in the same way. Nothing here asks a registry or knows a secret. */
final class ImageForm {

    private ImageForm() {}

    /** Whether {@code value} is the name of an image. */
    static FormValidation checkImage(String value) {
        return given(value, Messages.ImageForm_imageRequired(), ImageName::parse);
    }

    /** Whether {@code value} is the name of an image that {@code parser} takes. */
    static FormValidation checkImage(String value, Consumer<String> parser) {
        return given(value, Messages.ImageForm_imageRequired(), parser);
    }

    /** Whether {@code value} is the name of an image, or nothing. */
    static FormValidation checkOptionalImage(String value) {
        return ifGiven(value, ImageName::parse);
    }

    /** Whether {@code value} is a tag. */
    static FormValidation checkTag(String value) {
        return given(value, Messages.ImageForm_tagRequired(), Tag::new);
    }

    /** Whether {@code value} is a tag or a digest. */
    static FormValidation checkTagOrDigest(String value) {
        return given(value, Messages.ImageForm_tagOrDigestRequired(), v -> {
            if (!Tag.isValid(v)) {
                Digest.parse(v);
            }
        });
    }

    /** Whether {@code value} is a digest, or nothing. */
    static FormValidation checkOptionalDigest(String value) {
        return ifGiven(value, Digest::parse);
    }

    /** Whether {@code value} is a positive number, or nothing. */
    static FormValidation checkOptionalCount(String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : FormValidation.validatePositiveInteger(value);
    }

    /** Refuses a text that is not the number of a build; anything else is left to its conversion. */
    static void requireNumber(Object build, String phrase) throws AbortException {
        if (build instanceof CharSequence text && !text.toString().matches("[0-9]{1,18}")) {
            throw new AbortException("Cannot " + phrase + ": '" + text + "' is not a build number");
        }
    }

    /** Whether {@code value} is a pattern by which a build can be found, and which tags it matches. */
    static FormValidation checkBuildPattern(String value) {
        return checkPattern(value, v -> TagPattern.of(v).requireBuild());
    }

    /** Whether {@code value} is a pattern, and which tags it matches. */
    static FormValidation checkPattern(String value) {
        return checkPattern(value, TagPattern::of);
    }

    private static FormValidation checkPattern(String value, Consumer<String> parser) {
        return known(value).map(given -> FormFields.pattern(given, parser)).orElseGet(FormValidation::ok);
    }

    /** Whether {@code value} is a regular expression by which a build can be found. */
    static FormValidation checkRegex(String value) {
        return ifGiven(value, v -> TagPattern.regex(v).requireBuild());
    }

    /** Whether {@code value} is the name of a time zone, or nothing. */
    static FormValidation checkZone(String value) {
        return ifGiven(value, VersionTemplate::zone);
    }

    /**
     * What comes out of parameters that belong together.
     *
     * @param parameters all of them
     */
    static FormValidation checkVersion(String parameters, Supplier<String> version) {
        if (parameters.contains("${")) {
            return FormValidation.ok();
        }
        return FormFields.check(() -> FormValidation.ok(Messages.ImageForm_version(version.get())));
    }

    /** The registry of an image whose name may not be complete yet; Docker Hub for a name that is none. */
    static String registryOf(String image) {
        try {
            return ImageName.parse(Util.fixNull(image).trim()).host();
        } catch (IllegalArgumentException e) {
            return ImageName.DOCKER_HUB;
        }
    }

    /** Whether there are such credentials for the registry of {@code image}, if that is known already. */
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

    /** Whether {@code value} is nothing, or something that {@code parser} takes. */
    static FormValidation ifGiven(String value, Consumer<String> parser) {
        return known(value).map(v -> FormFields.parsed(v, parser)).orElseGet(FormValidation::ok);
    }

    /** What stands for a parameter of the build is known to the build only. */
    private static Optional<String> known(String value) {
        return Optional.ofNullable(Util.fixEmptyAndTrim(value)).filter(given -> !given.contains("${"));
    }
}
