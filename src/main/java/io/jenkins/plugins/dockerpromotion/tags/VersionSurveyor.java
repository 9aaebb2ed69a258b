package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentTag;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.ImageTags;
import io.jenkins.plugins.dockerpromotion.registry.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.registry.http.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import java.util.Objects;
import java.util.function.Consumer;

/** Shows a survey the tags of an image, page by page, and keeps none of them. */
public final class VersionSurveyor implements Operation<VersionSurvey> {

    private static final long serialVersionUID = 1L;

    /** Null if there is nothing to look at. */
    private final ImageName image;

    private final VersionSurvey survey;
    private final RegistryAuthentication authentication;

    private VersionSurveyor(ImageName image, VersionSurvey survey, RegistryAuthentication authentication) {
        this.image = image;
        this.survey = survey;
        this.authentication = authentication;
    }

    /** Will look at all tags of {@code image}. */
    public static VersionSurveyor of(ImageName image, VersionSurvey survey) {
        return new VersionSurveyor(Objects.requireNonNull(image), survey, RegistryAuthentication.ANONYMOUS);
    }

    /** Will ask no registry. */
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
     * Looks at the tags, and returns the survey. An image that is not there has no tags: the first push makes it.
     *
     * @throws RegistryException also when the list is not complete
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
            context.notices().say(image + " is not there yet, or these credentials may not see it");
        }
        return survey;
    }
}
