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

/** Makes steps of snippets, sends them through their forms, and checks the fields of these. */
public final class StepForm {

    private StepForm() {}

    /** The step that a snippet calls. */
    static Step step(String snippet) throws Exception {
        CompilerConfiguration calls = new CompilerConfiguration();
        calls.setScriptBaseClass(Snippet.class.getName());
        return (Step) new GroovyShell(Snippet.class.getClassLoader(), calls).evaluate(snippet);
    }

    /** A script in which every call makes the step of this name. */
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

    /** What a form says of a field, without a job. */
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

    /** What a field of a step's empty form shows in the snippet generator, when somebody selects the step there. */
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
