package io.jenkins.plugins.dockerpromotion.steps;

import groovy.lang.Closure;
import groovy.lang.GroovyShell;
import groovy.lang.Script;
import hudson.Extension;
import hudson.model.AbstractProject;
import hudson.model.FreeStyleProject;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import hudson.util.FormValidation;
import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.DataBoundConstructor;

/** Creates steps from snippets, submits their forms, and calls the form checks. */
public final class StepForm {

    private StepForm() {}

    /** Creates the step from a snippet, such as {@code imageTags image: 'a/b'}. */
    static Step step(String snippet) throws Exception {
        CompilerConfiguration calls = new CompilerConfiguration();
        calls.setScriptBaseClass(Snippet.class.getName());
        return (Step) new GroovyShell(Snippet.class.getClassLoader(), calls).evaluate(snippet);
    }

    /** A script in which a method call creates the step with that name. */
    public abstract static class Snippet extends Script {

        @SuppressWarnings("unchecked")
        public Object methodMissing(String function, Object arguments) throws Exception {
            StepDescriptor form = StepDescriptor.byFunctionName(function);
            List<Object> given = Stream.of((Object[]) arguments)
                    .filter(argument -> !(argument instanceof Closure))
                    .toList();
            if (given.isEmpty() || given.get(0) instanceof Map) {
                return form.newInstance(given.isEmpty() ? Map.of() : (Map<String, Object>) given.get(0));
            }
            return form.newInstance(Map.of(
                    DescribableModel.of(form.clazz).getSoleRequiredParameter().getName(), given.get(0)));
        }
    }

    /** Opens the form of the step in a browser, submits it unchanged, and returns the resulting step. */
    @SuppressWarnings("unchecked")
    public static <S extends Step> S roundTrip(JenkinsRule jenkins, S step) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.getBuildersList().add(new StepHolder(step));
        jenkins.configRoundtrip(project);
        StepHolder holder = project.getBuildersList().get(StepHolder.class);
        project.delete();
        return (S) holder.getStep();
    }

    /** Returns the result of the check of a field, without a job. */
    static FormValidation check(String function, String field, String... values) throws Exception {
        StepDescriptor form = StepDescriptor.byFunctionName(function);
        Method check = Stream.of(form.getClass().getMethods())
                .filter(method -> method.getName().equalsIgnoreCase("doCheck" + field))
                .filter(method -> !method.isBridge())
                .findFirst()
                .orElseThrow();
        Iterator<String> given = List.of(values).iterator();
        return (FormValidation) check.invoke(
                form,
                Stream.of(check.getParameterTypes())
                        .map(type -> type == boolean.class
                                ? (Object) Boolean.valueOf(given.next())
                                : type == String.class ? given.next() : null)
                        .toArray());
    }

    /** Returns what a field shows in the Snippet Generator when the step is selected. */
    static String shownByDefault(JenkinsRule jenkins, String function, String field) throws Exception {
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
