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
 * afterwards. Unlike {@code @WithJenkins}, it also stops the controller of a class. It closes the browsers after each
 * test: all test classes share one JVM, and an open page would poll the controller until the JVM ends.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithController.Extension.class)
public @interface WithController {

    final class Extension implements ParameterResolver, AfterEachCallback {

        private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Extension.class);

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType().equals(JenkinsRule.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            // JUnit closes what is in the store at the end of the test or class of this context.
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

    /** A controller that {@link #close} stops. */
    final class Controller extends JenkinsRule implements AutoCloseable {

        private static final Logger LOGGER = Logger.getLogger(Controller.class.getName());

        private final List<WebClient> browsers = new CopyOnWriteArrayList<>();

        private final SharedCache cache = new SharedCache();

        /**
         * Whether to start agents without the C2 compiler and with the serial garbage collector. False for benchmarks.
         */
        private boolean agentsAreShortLived;

        static Controller start(ExtensionContext context) {
            // The Jenkins test harness disables this cache, for developers who edit views while a test runs.
            MetaClass.NO_CACHE = false;
            Controller controller = new Controller();
            controller.agentsAreShortLived =
                    !context.getRequiredTestClass().getSimpleName().endsWith("Benchmark");
            // The Jenkins test harness needs this class of JUnit 4, even under JUnit 5.
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
            ACL.as2(ACL.SYSTEM2); // tests run as SYSTEM
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

        /** The HTTP cache that all browsers of a controller share. Closing one browser does not clear it. */
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
             * The harness calls this after each page load and form submission, to wait for timers of the next two
             * seconds. This override waits until no request is left, because a slow request can be followed by another
             * one.
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
                // The last step deletes JENKINS_HOME, which fails if a thread still writes to it. "mvn clean" deletes
                // the rest.
                LOGGER.log(Level.INFO, "The home directory stays", e);
            }
            // Tests keep the rule in a static field, so release what it holds.
            jenkins = hudson = null;
            server = null;
            tearDowns.clear();
        }
    }
}
