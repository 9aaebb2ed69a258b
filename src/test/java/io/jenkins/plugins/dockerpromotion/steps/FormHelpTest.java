package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Descriptor;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookConfiguration;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

@WithController
class FormHelpTest {

    private static final String ROOT =
            DockerPromotionConfiguration.class.getPackageName().replaceFirst("\\.\\w+$", "");

    @Test
    void everyFieldOfEveryFormHasHelpAndEveryStepAText(JenkinsRule jenkins) throws Exception {
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
                assertThat(form).as("takes no parameter that it does not have").isInstanceOf(StrictStepDescriptor.class);
                assertThat(form.getHelpFile()).as("help of " + form.getId()).isNotNull();
            }
        }
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

    /** Of what users get, not of the steps that only tests have. */
    static List<Descriptor<?>> forms(JenkinsRule jenkins) {
        Stream<Descriptor<?>> all =
                jenkins.jenkins.getExtensionList(Descriptor.class).stream().map(d -> (Descriptor<?>) d);
        return all.filter(FormHelpTest::isOfUsers).toList();
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
