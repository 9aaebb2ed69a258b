package io.jenkins.plugins.dockerpromotion.pipelineunit;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.tags.UsedVersionsQuery;
import io.jenkins.plugins.dockerpromotion.version.GivenVersions;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.version.UsedVersions;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Generates versions and remembers them for the duration of the test. */
final class VersionSteps {

    private final Surroundings around;
    private final Map<String, GivenVersions> given = new HashMap<>();

    VersionSteps(Surroundings around) {
        this.around = around;
    }

    Work imageVersion(Arguments arguments) {
        Optional<ImageName> image = arguments.text("image").map(ImageName::parse);
        long build = arguments.number("build").orElse(around.buildNumber);
        if (build < 0) {
            throw new IllegalArgumentException("'build' is " + build + ", which is not a build number");
        }
        String pattern = arguments.text("pattern").orElse(TagPattern.DEFAULT);
        VersionTemplate template = VersionTemplate.of(
                pattern,
                around.clock.instant(),
                VersionTemplate.zone(arguments.needed("zone")),
                VersionValues.parse(arguments.words("values"))
                        .orCommit(around.environment.getOrDefault("GIT_COMMIT", "")));
        VersionRequest request = new VersionRequest(template, BigInteger.valueOf(build), arguments.flag("bump"));
        return block -> {
            UsedVersions used = request.usedVersions();
            if (image.isPresent()) {
                String host = image.get().host();
                used = UsedVersionsQuery.of(image.get(), used)
                        .with(around.login(arguments.text("credentialsId")))
                        .run(around.reaching(host));
            }
            return reserve(image.map(ImageName::toString).orElse("the job") + " by " + pattern, request, used);
        };
    }

    private String reserve(String subject, VersionRequest request, UsedVersions used) {
        GivenVersions before = given.getOrDefault(subject, GivenVersions.none());
        String holder = "#" + around.buildNumber;
        String version = before.of(holder, request).orElseGet(() -> {
            String decided = before.decide(request, used).version();
            given.put(subject, before.with(holder, request, decided));
            return decided;
        });
        around.say("The version is " + version);
        return version;
    }
}
