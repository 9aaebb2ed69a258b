package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.Extension;
import hudson.model.AbstractProject;
import hudson.model.FreeStyleProject;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import java.net.URL;
import java.util.List;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.util.NameValuePair;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.DataBoundConstructor;

/** Sends steps through their forms, and through the snippet generator. */
public final class StepForm {

    private StepForm() {}

    /** Shows the step in its form in a browser, submits the form as it is, and gives what came out. */
    @SuppressWarnings("unchecked")
    public static <S extends Step> S roundTrip(JenkinsRule jenkins, S step) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.getBuildersList().add(new StepHolder(step));
        jenkins.configRoundtrip(project);
        StepHolder holder = project.getBuildersList().get(StepHolder.class);
        project.delete();
        return (S) holder.getStep();
    }

    /** Asserts what the snippet generator writes for a step. */
    public static void assertSnippet(Step step, String expected) throws Exception {
        assertThat(Snippetizer.object2Groovy(step)).isEqualTo(expected);
    }

    /** Asserts what the snippet generator's page writes for a filled form. */
    public static void assertSnippet(JenkinsRule jenkins, Class<? extends Step> type, JSONObject form, String expected)
            throws Exception {
        form.put("stapler-class", type.getName());
        form.put("$class", type.getName());
        JenkinsRule.WebClient client = jenkins.createWebClient();
        WebRequest request =
                new WebRequest(new URL(jenkins.getURL(), Snippetizer.ACTION_URL + "/generateSnippet"), HttpMethod.POST);
        request.setRequestParameters(List.of(new NameValuePair("json", form.toString())));
        client.addCrumb(request);
        assertThat(client.getPage(request).getWebResponse().getContentAsString().trim())
                .isEqualTo(expected);
    }

    /** What a field of a step's empty form shows in the snippet generator, when somebody selects the step there. */
    public static String shownByDefault(JenkinsRule jenkins, String function, String field) throws Exception {
        JenkinsRule.WebClient client = jenkins.createWebClient();
        GeneratorPage page = new GeneratorPage(client, client.goTo("pipeline-syntax/"));
        page.select(function);
        return page.shownIn(field);
    }

    /** A build step that holds a Pipeline step in its form. */
    public static final class StepHolder extends Builder {

        private final Step step;

        @DataBoundConstructor
        public StepHolder(Step step) {
            this.step = step;
        }

        public Step getStep() {
            return step;
        }

        /** Only in tests. */
        @Extension
        public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {

            @Override
            @SuppressWarnings("rawtypes")
            public boolean isApplicable(Class<? extends AbstractProject> type) {
                return true;
            }

            @Override
            public String getDisplayName() {
                return "Hold a step";
            }
        }
    }
}
