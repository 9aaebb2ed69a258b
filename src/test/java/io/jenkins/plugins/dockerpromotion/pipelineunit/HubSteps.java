package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.dockerhost.HostPolicy;
import io.jenkins.plugins.dockerpromotion.dockerhost.HostReceipt;
import io.jenkins.plugins.dockerpromotion.notification.CallbackMessage.State;
import io.jenkins.plugins.dockerpromotion.notification.TagFilter;
import io.jenkins.plugins.dockerpromotion.registry.DockerHub;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.PageChange;
import java.util.Map;

/** The remaining steps: Docker Hub descriptions, webhook callbacks, the push trigger and the Docker host. */
final class HubSteps {

    private static final String DEFAULT_SECTION = "jenkins";

    private final Surroundings around;

    HubSteps(Surroundings around) {
        this.around = around;
    }

    Work dockerHubDescription(Arguments given) {
        ImageName image = given.image("image");
        if (!image.isDockerHub()) {
            throw new IllegalArgumentException("it is on " + image.host() + ", but only Docker Hub has such pages");
        }
        boolean wholePage = given.flag("wholePage");
        String section = given.needed("section");
        if (wholePage && !section.equals(DEFAULT_SECTION)) {
            throw new IllegalArgumentException("set either 'section' or 'wholePage'");
        }
        PageChange change = new PageChange(
                given.text("description").orElse(""), given.plain("fullDescription"), wholePage ? "" : section);
        return block -> DockerHub.open(
                        around.usernamePassword(given.text("credentialsId")), around.reaching(ImageName.DOCKER_HUB))
                .changePage(image, change);
    }

    /** Reports nothing, because a test's build is never started by a push. */
    Work notifyDockerHub(Arguments given) {
        given.text("state").ifPresent(State::parse);
        return block -> {
            around.say("No push started this build, so there is nothing to report");
            return false;
        };
    }

    /** Prunes nothing: tests must not touch the Docker host of the developer. */
    Work pruneDockerHost(Arguments given) {
        HostPolicy.parseAge(given.needed("until"));
        return block -> {
            HostReceipt nothing = new HostReceipt(Map.of(), 0, 0, given.flag("dryRun"));
            around.say(nothing);
            return nothing.asMap();
        };
    }

    Work dockerHubPush(Arguments given) {
        given.text("image").ifPresent(ImageName::parse);
        given.words("images").forEach(ImageName::parse);
        TagFilter.of(given.text("tag").orElse(""));
        return block -> given.given();
    }
}
