package io.jenkins.plugins.dockerpromotion.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.ControllerQuery;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.FormFields;
import io.jenkins.plugins.dockerpromotion.credentials.RegistryCredentials;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.util.Optional;
import java.util.function.Supplier;
import jenkins.model.Jenkins;

/**
 * Checks an image for the <em>Test</em> button of a form. The controller sends the requests that a build would send,
 * for a few seconds.
 */
final class ImageProbe {

    private static final int MOST_TAGS = 5_000;

    private ImageProbe() {}

    /**
     * Creates the text that a form shows about an image.
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
            return FormValidation.warning(Messages.ImageProbe_parameter());
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
            return FormValidation.ok(Messages.ImageProbe_reached(image, as(login), tags(found, pattern)));
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
            return Messages.ImageProbe_as(basic.username());
        }
        return login.equals(RegistryAuthentication.ANONYMOUS)
                ? Messages.ImageProbe_withoutCredentials()
                : Messages.ImageProbe_withToken();
    }

    private static String tags(TagQuery.Found found, Optional<TagPattern> pattern) {
        String checked = found.checked() < MOST_TAGS
                ? Messages.ImageProbe_tags(found.checked())
                : Messages.ImageProbe_firstTags(found.checked());
        if (pattern.isEmpty()) {
            return checked;
        }
        String matching = Messages.ImageProbe_matching(checked, found.matching(), pattern.get());
        return found.tags().isEmpty()
                ? matching
                : Messages.ImageProbe_newest(matching, found.tags().get(0));
    }
}
