package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import java.util.Objects;
import java.util.function.Consumer;

/** Passes the tags of an image to a survey, page by page, without keeping them. */
public final class VersionSurveyor implements Operation<VersionSurvey> {

    private static final long serialVersionUID = 1L;

    /** Null if there is nothing to read. */
    private final ImageName image;

    private final VersionSurvey survey;
    private final RegistryAuthentication authentication;

    private VersionSurveyor(ImageName image, VersionSurvey survey, RegistryAuthentication authentication) {
        this.image = image;
        this.survey = survey;
        this.authentication = authentication;
    }

    /** Reads all tags of {@code image}. */
    public static VersionSurveyor of(ImageName image, VersionSurvey survey) {
        return new VersionSurveyor(Objects.requireNonNull(image), survey, RegistryAuthentication.ANONYMOUS);
    }

    /** Sends no request to a registry. */
    public static VersionSurveyor ofNothing(VersionSurvey survey) {
        return new VersionSurveyor(null, survey, RegistryAuthentication.ANONYMOUS);
    }

    /** The same with a credential. */
    public VersionSurveyor with(RegistryAuthentication credential) {
        return new VersionSurveyor(image, survey, credential);
    }

    private record Seeing(VersionSurvey survey) implements Consumer<ListedTag> {
        @Override
        public void accept(ListedTag listed) {
            if (!AttachmentTag.is(listed.tag())) {
                survey.see(listed.tag().value());
            }
        }
    }

    /**
     * Reads the tags, and returns the survey. An image that does not exist yet has no tags: the first push creates it.
     *
     * @throws RegistryException also if the list is not complete
     */
    @Override
    public VersionSurvey run(RegistryContext context) throws RegistryException, InterruptedException {
        if (image == null) {
            return survey;
        }
        try {
            return ImageTags.toRead(image, authentication, context)
                    .read(() -> new Seeing(survey.anew()))
                    .survey();
        } catch (NotFoundException e) {
            context.notices().say(image + " does not exist yet, or these credentials may not read it");
        }
        return survey;
    }
}
