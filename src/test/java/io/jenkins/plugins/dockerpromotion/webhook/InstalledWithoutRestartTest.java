package io.jenkins.plugins.dockerpromotion.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.RealJenkinsExtension;

/** Installs the plugin into a running Jenkins, without a restart, as administrators usually do. */
class InstalledWithoutRestartTest {

    private static final String PLUGIN = "docker-promotion";

    @RegisterExtension
    private final RealJenkinsExtension jenkins = new RealJenkinsExtension().omitPlugins(PLUGIN);

    @Test
    void aPushStartsABuild() throws Throwable {
        // The plugin's build generates this file, which refers to the plugin in target.
        String plugin = Path.of("target/test-classes/the.hpl").toAbsolutePath().toString();
        jenkins.startJenkins();
        jenkins.runRemotely(rule -> {
            assertThat(rule.jenkins.getPlugin(PLUGIN)).isNull();
            rule.jenkins.pluginManager.dynamicLoad(new File(plugin));
        });
        jenkins.runRemotely(InstalledWithoutRestartTest::push);
    }

    private static void push(JenkinsRule rule) throws Exception {
        rule.jenkins.setQuietPeriod(0);
        WorkflowJob job = new Webhook(rule).job("pushed", "dockerHubPush(image: 'a/pushed')", "");
        // Use public API only: the test has another class loader than the plugin.
        String token = "token-of-the-test";
        String hash = Digest.sha256(token.getBytes(StandardCharsets.UTF_8)).hex();
        WebhookConfiguration.get().setTokens(List.of(new WebhookToken("Docker Hub", hash)));

        new Webhook(rule).push(token, "a/pushed", "1");

        Webhook.await("the build", () -> job.getBuildByNumber(2) != null);
        rule.assertBuildStatusSuccess(rule.waitForCompletion(job.getBuildByNumber(2)));
    }
}
