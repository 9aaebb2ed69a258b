package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.Setup;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookConfiguration;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;

/** Tests the forms of all steps, and all other forms of the plugin. */
class FormsTest extends StepTest {

    private static final String ROOT =
            DockerPromotionConfiguration.class.getPackageName().replaceFirst("\\.\\w+$", "");

    @Test
    void everyFieldOfEveryFormHasHelpAndEveryStepAText() throws Exception {
        jenkins.executeOnServer(() -> {
            check(jenkins);
            return null;
        });
    }

    private static void check(JenkinsRule jenkins) {
        List<Descriptor<?>> forms = forms(jenkins);

        assertThat(forms)
                .extracting(d -> d.clazz.getSimpleName())
                .contains("PromoteImageStep", "RegistryLogin", "DockerHubPushTrigger", "WebhookToken");
        for (Descriptor<?> form : forms) {
            assertThat(form.getDisplayName()).as(form.getId()).isNotBlank();
            for (String field : fields(form)) {
                assertThat(form.getHelpFile(field))
                        .as("help of " + field + " of " + form.getId())
                        .isNotNull();
            }
            if (form instanceof StepDescriptor) {
                assertThat(form)
                        .as("takes no parameter that it does not have")
                        .isInstanceOf(StrictStepDescriptor.class);
                assertThat(form.getHelpFile()).as("help of " + form.getId()).isNotNull();
            }
        }
    }

    /** Snippets that together use every parameter. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "deleteImageTag image: 'group/app', tag: '1'",
                "deleteImageTag credentialsId: 'hub', expectedDigest: 'sha256:1', image: 'group/app', tag: '1'",
                "dockerHubDescription credentialsId: 'hub', fullDescription: '''    # One\n\nServes **one**\n''', image: 'a/b'",
                "dockerHubDescription description: 'One', image: 'a/b', section: 'production', wholePage: true",
                "dockerHubToken 'hub'",
                "findTagForBuild build: 103, image: 'technolog/serviceone'",
                "findTagForBuild build: 103, credentialsId: 'hub', image: 'a/b', optional: true, regex: 'v(?<build>[0-9]+)'",
                "imageHistory image: 'a/b', tag: 'latest'",
                "imageInfo image: 'technolog/serviceone', tag: '2017.9.103'",
                "imageInfo credentialsId: 'hub', details: false, image: 'a/b', tag: '1'",
                "imageTags 'technolog/serviceone'",
                "imageTags credentialsId: 'hub', image: 'technolog/serviceone', limit: 5, regex: 'v([0-9]+)'",
                "imageVersion()",
                "imageVersion build: 7, bump: true, credentialsId: 'hub', image: 'a/b', pattern: '{major}.{minor}.{build}',"
                        + " values: ['major=1', 'minor=4'], zone: 'Europe/Berlin'",
                "isolatedDockerConfig {\n    // some block\n}",
                "isolatedDockerConfig(credentialsId: 'hub', registry: 'registry.example.com') {\n    // some block\n}",
                "isolatedDockerConfig(inherit: false, registries: [[credentialsId: 'hub', url: 'ghcr.io'],"
                        + " [credentialsId: 'hub']]) {\n    // some block\n}",
                "notifyDockerHub()",
                "notifyDockerHub description: 'smoke test failed', state: 'failure'",
                "promoteImage image: 'technolog/serviceone', tag: '2017.2.103'",
                "promoteImage credentialsId: 'hub', dryRun: true, expectedDigest: 'sha256:1', image: 'a/b', overwrite: true,"
                        + " referrers: false, requireReferrers: true, tag: '1', to: ['production', '{tag}-ok'],"
                        + " toCredentialsId: 'hub', toImage: 'registry.example.com/prod/b', verify: [publicKeys: ['key']]",
                "promoteImages dryRun: true, images: [[image: 'a/b', tag: '1'], [image: 'a/c', tag: '2']], overwrite: true,"
                        + " referrers: false, to: ['together']",
                "pruneDockerHost()",
                "pruneDockerHost dryRun: true, images: false, until: '7d', volumes: false",
                "pruneImageTags 'group/app'",
                "pruneImageTags credentialsId: 'hub', dryRun: false, image: 'group/app', keep: 10, maxDelete: 100,"
                        + " olderThanDays: 30, orphans: true, pattern: 'v{build}', protect: ['latest', '*-rc'], regex: 'x'",
                "registryToken actions: ['pull', 'push'], credentialsId: 'hub', image: 'a/b'",
                "registryToken registry: 'registry.example.com'",
                "rollbackImage dryRun: true, image: 'a/b', overwrite: true, reason: 'It fails', tag: 'latest', to: '1'",
                "rollbackImage train: 'release #12'",
                "verifyImage attestations: ['spdx'], image: 'a/b', predicates: true, publicKeys: ['key'], tag: '1'",
                "verifyImage certificateIdentity: 'a', certificateOidcIssuer: 'https://b', image: 'a/b', tag: '1'",
                "verifyImage certificateIdentityRegexp: 'a.*', certificateOidcIssuerRegexp: 'b.*', image: 'a/b', tag: '1'"
            })
    void aFormKeepsWhatItShows(String snippet) throws Exception {
        Step step = StepForm.step(snippet);
        assertThat(Snippetizer.object2Groovy(step)).isEqualTo(snippet);

        assertThat(Snippetizer.object2Groovy(StepForm.roundTrip(jenkins, step))).isEqualTo(snippet);
    }

    /** The values of a check are separated by semicolons. The expected result is OK, ERROR or a part of the message. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            deleteImageTag | tag | -x | ERROR
            deleteImageTag | expectedDigest | sha256:1 | ERROR
            dockerHubDescription | image | technolog/serviceone | OK
            dockerHubDescription | image | "" | Enter an image name
            dockerHubDescription | image | registry.example.com/app | only Docker Hub has such pages
            dockerHubDescription | credentialsId | hub;a/b | OK
            dockerHubDescription | credentialsId | ;a/b | ERROR
            dockerHubDescription | description | "" | OK
            dockerHubDescription | fullDescription | <!-- jenkins end -->;false | ERROR
            dockerHubDescription | fullDescription | <!-- jenkins end -->;true | OK
            dockerHubDescription | section | a b | ERROR
            dockerHubDescription | section | production | OK
            dockerHubToken | credentialsId | hub | OK
            dockerHubToken | credentialsId | "" | ERROR
            dockerHubToken | credentialsId | other | ERROR
            findTagForBuild | image | technolog/serviceone | OK
            findTagForBuild | image | ${params.IMAGE} | OK
            findTagForBuild | image | "" | Enter an image name
            findTagForBuild | image | Technolog/ServiceOne | ERROR
            findTagForBuild | build | "" | Enter a build number
            findTagForBuild | build | 103 | OK
            findTagForBuild | build | -1 | ERROR
            findTagForBuild | pattern | 1.4.{build}; | "Matches 1.4.103, but not 1x4x103."
            findTagForBuild | pattern | {major}.{minor}; | ERROR
            findTagForBuild | pattern | v{build};x(?<build>[0-9]+) | ERROR
            findTagForBuild | regex | x(?<build>[0-9]+) | OK
            findTagForBuild | regex | x([0-9]+) | ERROR
            imageInfo | tag | "" | Enter a tag or digest
            imageInfo | tag | 2017.9.103 | OK
            imageInfo | tag | sha256:0000000000000000000000000000000000000000000000000000000000000000 | OK
            imageInfo | tag | sha256:12 | ERROR
            imageTags | pattern | {major}.{minor}; | "Matches 1.4, but not 1x4."
            imageTags | pattern | v${PATTERN}; | OK
            imageTags | pattern | {major}{minor}; | ERROR
            imageTags | pattern | v{build};v([0-9]+) | ERROR
            imageTags | regex | v([0-9]+) | OK
            imageTags | regex | v([0-9]+ | ERROR
            imageTags | limit | "" | OK
            imageTags | limit | 0 | ERROR
            imageVersion | pattern | {day}-{month}-{year}_{build};7;Europe/Berlin; | _7.
            imageVersion | pattern | {major}.{build}-{sha};7;;major=2 | Example: 2.7-0123456789ab.
            imageVersion | pattern | {major}.{build};7;; | it needs a value for {major}
            imageVersion | pattern | {week}.{build};7;; | ERROR
            imageVersion | pattern | ${params.PATTERN};7;; | OK
            imageVersion | zone | "" | OK
            imageVersion | zone | Europe/Berlin | OK
            imageVersion | zone | Mars | is not a time zone
            imageVersion | build | "" | OK
            imageVersion | build | -1 | ERROR
            imageVersion | image | "" | OK
            imageVersion | image | A/b | ERROR
            isolatedDockerConfig | registry | registry.example.com:5000 | OK
            isolatedDockerConfig | registry | "" | Docker Hub
            isolatedDockerConfig | registry | registry.example.com/group | is not a registry
            promoteImage | image | technolog/serviceone:1 | ERROR
            promoteImage | tag | 2017.2.103 | OK
            promoteImage | tag | a b | is not a tag
            promoteImage | tag | sha256:12 | is not a digest
            promoteImage | to | {tag}-rc, latest | OK
            promoteImage | to | {tag}-rc, a:b | ERROR
            promoteImage | to | " " | ERROR
            promoteImage | toImage | "" | OK
            promoteImage | toImage | a//b | ERROR
            promoteImage | toCredentialsId | other;;technolog/serviceone | ERROR
            pruneDockerHost | until | 1d12h | OK
            pruneDockerHost | until | "" | OK
            pruneDockerHost | until | 2 weeks | is not an age such as
            pruneImageTags | keep | ;;false | ERROR
            pruneImageTags | keep | ;30;false | OK
            pruneImageTags | keep | 0;;true | ERROR
            pruneImageTags | olderThanDays | -1 | ERROR
            pruneImageTags | maxDelete | "" | OK
            pruneImageTags | protect | latest, *-rc | OK
            pruneImageTags | protect | a/b | ERROR
            registryToken | registry | ; | ERROR
            registryToken | registry | registry.example.com;app/one | ERROR
            registryToken | registry | registry.example.com:5000; | OK
            registryToken | registry | https://registry.example.com; | ERROR
            registryToken | actions | pull, delete | OK
            registryToken | actions | pull, write | ERROR
            rollbackImage | tag | -x | ERROR
            rollbackImage | train | ; | ERROR
            rollbackImage | train | release #12; | OK
            """)
    void aFormChecksItsFields(String step, String field, String values, String answer) throws Exception {
        FormValidation checked = StepForm.check(step, field, values.split(";", -1));

        if (answer.equals("OK") || answer.equals("ERROR")) {
            assertThat(checked.kind).as(checked.renderHtml()).hasToString(answer);
        } else {
            assertThat(checked.renderHtml()).contains(answer);
        }
    }

    @Test
    void formsOfferCredentialsThatTheStepCanUse() throws Exception {
        Setup.addText("text", "x");
        assertThat(form(FindTagForBuildStep.DescriptorImpl.class).doFillCredentialsIdItems(null, null, "a/b"))
                .extracting(option -> option.value)
                .contains("hub", "text");
        assertThat(form(RegistryTokenStep.DescriptorImpl.class).doFillCredentialsIdItems(null, "", "", "r.example.com"))
                .extracting(option -> option.value)
                .contains("hub", "text");
        assertThat(form(DockerHubTokenStep.DescriptorImpl.class).doFillCredentialsIdItems(null, null))
                .extracting(option -> option.value)
                .contains("hub")
                .doesNotContain("text");
        assertThat(form(DockerHubDescriptionStep.DescriptorImpl.class).doFillCredentialsIdItems(null, null, "a/b"))
                .extracting(option -> option.value)
                .contains("hub")
                .doesNotContain("text");
    }

    private static <D extends Descriptor<?>> D form(Class<D> type) {
        return jenkins.jenkins.getDescriptorByType(type);
    }

    private static List<String> fields(Descriptor<?> form) {
        if (form instanceof WebhookConfiguration) {
            return List.of("tokens", "newTokenName");
        }
        return form instanceof DockerPromotionConfiguration
                ? List.of("registries")
                : DescribableModel.of(form.clazz).getParameters().stream()
                        .map(DescribableParameter::getName)
                        .toList();
    }

    /** Returns all forms of the plugin, without those of test steps. */
    static List<Descriptor<?>> forms(JenkinsRule jenkins) {
        Stream<Descriptor<?>> all =
                jenkins.jenkins.getExtensionList(Descriptor.class).stream().map(d -> (Descriptor<?>) d);
        return all.filter(FormsTest::isOfUsers).toList();
    }

    static boolean isOfUsers(Descriptor<?> form) {
        return form.clazz.getName().startsWith(ROOT)
                && !form.clazz
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath()
                        .contains("/test-classes/");
    }
}
