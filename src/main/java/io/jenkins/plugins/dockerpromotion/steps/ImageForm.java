package io.jenkins.plugins.dockerpromotion.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.ControllerQuery;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.dockerconfig.RegistryKey;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageReference;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/** Form validation that several steps share. Only {@link #test} contacts a registry and uses credentials. */
final class ImageForm {

    private static final int MOST_TAGS = 5_000;

    private ImageForm() {}

    /** Checks that {@code value} is an image name. */
    static FormValidation checkImage(String value) {
        return given(value, Messages.ImageForm_imageRequired(), ImageName::parse);
    }

    /** Checks that {@code value} is a tag. */
    static FormValidation checkTag(String value) {
        return given(value, Messages.ImageForm_tagRequired(), Tag::new);
    }

    /** Checks that {@code value} is a tag or a digest. */
    static FormValidation checkTagOrDigest(String value) {
        return given(value, Messages.ImageForm_tagOrDigestRequired(), ImageReference::requireValid);
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

    /** Checks that {@code value} is empty or a pattern that {@code parser} accepts, and shows an example. */
    static FormValidation checkPattern(String value, Consumer<String> parser) {
        return known(value).map(given -> FormFields.pattern(given, parser)).orElseGet(FormValidation::ok);
    }

    /** Checks that the credentials exist for the registry of {@code image}, if the registry is known. */
    static FormValidation checkCredentialsOf(String image, Item item, String value) {
        return Util.fixNull(image).contains("${")
                ? FormValidation.ok()
                : checkCredentials(item, value, CredentialsForm.registryOf(image));
    }

    /** Checks that the credentials exist, or shows the default that is used without them. */
    static FormValidation checkCredentials(Item item, String value, String registry) {
        return shownDefault(item, value, registry).orElseGet(() -> CredentialsForm.check(item, value, registry));
    }

    /** The same for steps that require a username and password. */
    static FormValidation checkUsernamePassword(Item item, String value, String registry) {
        return shownDefault(item, value, registry)
                .orElseGet(() -> CredentialsForm.checkUsernamePassword(item, value, registry));
    }

    private static Optional<FormValidation> shownDefault(Item item, String credentialsId, String registry) {
        if (Util.fixEmptyAndTrim(credentialsId) != null || !CredentialsForm.maySee(item)) {
            return Optional.empty();
        }
        try {
            return DockerPromotionConfiguration.get()
                    .credentialsIdFor(RegistryKey.of(Util.fixNull(registry)).host())
                    .map(id -> FormValidation.ok(Messages.ImageForm_defaultCredentials(id)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Checks that {@code value} is accepted by {@code parser}; an empty value is the error {@code otherwise}. */
    static FormValidation given(String value, String otherwise, Consumer<String> parser) {
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

    /**
     * Checks an image for the <em>Test</em> button of a form. The controller sends the requests that a build would send,
     * for a few seconds.
     *
     * @param item the job of the form; {@code null} for Jenkins itself
     * @param pattern reads the fields that select tags
     * @throws org.springframework.security.access.AccessDeniedException if the user may not configure {@code item}
     */
    static FormValidation test(
            @CheckForNull Item item, String image, String credentialsId, Supplier<Optional<TagPattern>> pattern) {
        if (item == null) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        } else {
            item.checkPermission(Item.CONFIGURE);
        }
        String name = Util.fixEmptyAndTrim(image);
        if (name == null) {
            return FormValidation.error(Messages.ImageForm_imageRequired());
        }
        if (name.contains("${") || Util.fixNull(credentialsId).contains("${")) {
            return FormValidation.warning(Messages.ImageForm_parameter());
        }
        return FormFields.check(() -> test(item, ImageName.parse(name), credentialsId, pattern.get()));
    }

    private static FormValidation test(Item item, ImageName image, String credentialsId, Optional<TagPattern> pattern) {
        try {
            Optional<String> id = Optional.ofNullable(Util.fixEmptyAndTrim(credentialsId))
                    .or(() -> DockerPromotionConfiguration.get().credentialsIdFor(image.host()));
            RegistryAuthentication login = RegistryCredentials.find(item, id.orElse(null), image.host());
            TagQuery query = new TagQuery(image, pattern, 1).with(login);
            TagQuery.Found found = ControllerQuery.ask(context -> query.readFirst(context, MOST_TAGS));
            return FormValidation.ok(Messages.ImageForm_reached(image, as(login), tags(found, pattern)));
        } catch (AbortException e) {
            String why = StepFailure.oneLine(e.getMessage());
            return FormValidation.error(why.startsWith("Cannot ") ? why : "Cannot reach " + image + ": " + why);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FormValidation.ok();
        }
    }

    private static String as(RegistryAuthentication login) {
        if (login instanceof Basic basic) {
            return Messages.ImageForm_as(basic.username());
        }
        return login.equals(RegistryAuthentication.ANONYMOUS)
                ? Messages.ImageForm_withoutCredentials()
                : Messages.ImageForm_withToken();
    }

    private static String tags(TagQuery.Found found, Optional<TagPattern> pattern) {
        String checked = found.checked() < MOST_TAGS
                ? Messages.ImageForm_tags(found.checked())
                : Messages.ImageForm_firstTags(found.checked());
        if (pattern.isEmpty()) {
            return checked;
        }
        String matching = Messages.ImageForm_matching(checked, found.matching(), pattern.get());
        return found.tags().isEmpty()
                ? matching
                : Messages.ImageForm_newest(matching, found.tags().get(0));
    }
}
