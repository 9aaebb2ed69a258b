package io.jenkins.plugins.dockerpromotion.controller;

import hudson.EnvVars;
import hudson.security.ACL;
import hudson.slaves.ComputerLauncher;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.htmlunit.Cache;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.jvnet.hudson.test.JenkinsRule;
import org.kohsuke.stapler.MetaClass;

/**
 * Starts a Jenkins controller for the class or method that has a parameter of type {@link JenkinsRule}, and stops it
 * afterwards. Unlike {@code @WithJenkins}, it also stops the controller of a class, and it closes the browsers of each
 * test: their pages would poll the controller as long as the JVM runs, and all classes share one JVM.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithController.Extension.class)
public @interface WithController {

    /** Resolves the parameter. */
    final class Extension implements ParameterResolver, AfterEachCallback {

        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Extension.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType().equals(JenkinsRule.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // The store closes the controller after the test or class of this context.
            return context.getStore(NAMESPACE)
                    .computeIfAbsent(Controller.class, type -> Controller.start(context), Controller.class);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            Controller controller = context.getStore(NAMESPACE).get(Controller.class, Controller.class);
            if (controller != null) {
                controller.closeBrowsers();
            }
        }
    }

    /** A controller that is stopped when it is closed. */
    final class Controller extends JenkinsRule implements AutoCloseable {

        private static final Logger LOGGER = Logger.getLogger(Controller.class.getName());

        private final List<WebClient> browsers = new CopyOnWriteArrayList<>();

        private final SharedCache cache = new SharedCache();

        /** Short-lived agents need neither the second compiler nor several threads for memory. Benchmarks do. */
        private boolean agentsAreShortLived;

        static Controller start(ExtensionContext context) {
            // The harness switches this cache off for those who edit views while a test runs.
            MetaClass.NO_CACHE = false;
            Controller controller = new Controller();
            controller.agentsAreShortLived =
                    !context.getRequiredTestClass().getSimpleName().endsWith("Benchmark");
            // The harness describes tests with this class of JUnit 4, whatever runs them.
            controller.testDescription = org.junit.runner.Description.createTestDescription(
                    context.getRequiredTestClass().getName(), context.getDisplayName());
            try {
                controller.before();
            } catch (Throwable e) {
                throw new ParameterResolutionException("Jenkins does not start", e);
            }
            return controller;
        }

        @Override
        public void recipe() throws Exception {
            ACL.as2(ACL.SYSTEM2); // tests may do everything
            super.recipe();
        }

        @Override
        public WebClient createWebClient() {
            WebClient browser = new Browser();
            browser.getOptions().setFetchPolyfillEnabled(true); // as the harness does
            browser.setCache(cache);
            browsers.add(browser);
            return browser;
        }

        /** The cache of all browsers of a controller. A browser that is closed does not clear it. */
        private static final class SharedCache extends Cache {

            private static final long serialVersionUID = 1L;

            @Override
            public void clear() {}

            private void end() {
                super.clear();
            }
        }

        /** A browser that waits for the requests of a page, but not for the timers with which the page polls. */
        private final class Browser extends WebClient {

            private static final long serialVersionUID = 1L;
            private static final long SOON_MILLIS = 200;
            private static final Duration AT_ONCE = Duration.ofMillis(20);

            /**
             * The harness calls this after each page and form, for timers of the next two seconds. Waits instead until
             * there is nothing to wait for, since a slow request may be followed by another one.
             */
            @Override
            public int waitForBackgroundJavaScriptStartingBefore(long delayMillis, long timeoutMillis) {
                long start = System.nanoTime();
                while (true) {
                    long begin = System.nanoTime();
                    int left = super.waitForBackgroundJavaScriptStartingBefore(
                            Math.min(delayMillis, SOON_MILLIS), timeoutMillis);
                    long end = System.nanoTime();
                    if (end - begin < AT_ONCE.toNanos()
                            || end - start > Duration.ofMillis(timeoutMillis).toNanos()) {
                        return left;
                    }
                }
            }
        }

        @Override
        public ComputerLauncher createComputerLauncher(EnvVars env) throws URISyntaxException, IOException {
            EnvVars all = env == null ? new EnvVars() : new EnvVars(env);
            if (agentsAreShortLived) {
                all.putIfAbsent("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
            }
            return super.createComputerLauncher(all);
        }

        private void closeBrowsers() {
            browsers.forEach(WebClient::close);
            browsers.clear();
        }

        @Override
        @SuppressWarnings("deprecation")
        public void close() throws Exception {
            closeBrowsers();
            cache.end();
            try {
                after();
            } catch (IOException e) {
                // Its last step removes the home directory, into which a thread may still write. "clean" removes it.
                LOGGER.log(Level.INFO, "The home directory stays", e);
            }
            // Tests have the rule in a static field.
            jenkins = hudson = null;
            server = null;
            tearDowns.clear();
        }
    }
}
