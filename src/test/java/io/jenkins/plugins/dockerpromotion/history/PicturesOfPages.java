package io.jenkins.plugins.dockerpromotion.history;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.testing.ReleaseHub;
import io.jenkins.plugins.dockerpromotion.webhook.PicturedPushes;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Takes the screenshots for the README with a real Jenkins and a real browser. This is not a test: {@code bin/pictures}
 * runs it.
 */
@WithController
class PicturesOfPages {

    private static final Path IMAGES = Path.of("docs/images");

    /** The directory where {@code bin/pictures} puts the dark theme plugin and its dependencies. */
    private static final Path PLUGINS = Path.of("target/pictures");

    private JenkinsRule jenkins;
    private Chromium browser;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        jenkins = rule;
        for (String plugin : List.of("theme-manager", "dark-theme")) {
            jenkins.jenkins.pluginManager.dynamicLoad(
                    PLUGINS.resolve(plugin + ".hpi").toFile());
        }
        browser = Chromium.start(Objects.requireNonNullElse(System.getenv("CHROMIUM"), "chromium"));
        browser.resize(1280, 2400);
    }

    @AfterEach
    void stop() throws Exception {
        browser.close();
    }

    @Test
    void take() throws Exception {
        loadTheme(jenkins);
        PicturedReleases releases = new PicturedReleases(jenkins);
        releases.make();
        new PicturedPushes(jenkins, releases.newestVersion(), releases.end()).make();
        takeHistory();
        takeGenerator(releases.newestVersion());
        takeConfiguration();
        open("manage/docker-pushes/");
        picture("pushes", "#main-panel > *", 700);
    }

    /** Uses reflection, because the tests' class loader does not see plugins that are installed later. */
    static void loadTheme(JenkinsRule jenkins) throws Exception {
        ClassLoader plugins = jenkins.jenkins.pluginManager.uberClassLoader;
        Class<?> decorator = plugins.loadClass("io.jenkins.plugins.thememanager.ThemeManagerPageDecorator");
        Class<?> theme = plugins.loadClass("io.jenkins.plugins.thememanager.ThemeManagerFactory");
        Object asTheBrowserSays = plugins.loadClass("io.jenkins.plugins.darktheme.DarkThemeSystemManagerFactory")
                .getConstructor()
                .newInstance();
        decorator.getMethod("setTheme", theme).invoke(decorator.getMethod("get").invoke(null), asTheBrowserSays);
    }

    /** Opens a page without animations and without elements that float above the content. */
    private void open(String path) throws Exception {
        browser.open(jenkins.getURL() + path);
        browser.run("""
                document.head.insertAdjacentHTML('beforeend', `<style>
                    #page-header, .jenkins-bottom-app-bar__shadow, #bottom-sticker { display: none }
                    * { animation: none !important; transition: none !important }</style>`)""");
        browser.await("!document.body.innerText.includes('Loading builds')");
    }

    private void picture(String name, String selectors, int height) throws Exception {
        browser.picture(IMAGES.resolve(name + ".png"), selectors, height);
    }

    private void takeHistory() throws Exception {
        WorkflowJob job = jenkins.jenkins.getItemByFullName(PicturedReleases.RELEASE, WorkflowJob.class);
        open(job.getLastBuild().getUrl());
        picture("build", "#page-body", 350);
        open(job.getUrl() + "docker-promotions/");
        picture("history", "#page-body", 690);
        browser.preferDark(true);
        open(job.getUrl() + "docker-promotions/");
        picture("history-dark", "#page-body", 690);
        browser.preferDark(false);
        open("docker-promotions/image/?name=" + Samples.IMAGE);
        picture("image", "#main-panel > *", 925);
    }

    private void takeGenerator(String version) throws Exception {
        try (ReleaseHub hub = ReleaseHub.start()) {
            RegistryConfiguration place =
                    new RegistryConfiguration("docker.io", hub.registry().uri().toString());
            place.setApiAddress(hub.hub().uri().toString());
            DockerPromotionConfiguration.get().setRegistries(List.of(place));
            addCredentials("docker-hub", ReleaseHub.USER, ReleaseHub.PASSWORD);
            open("job/" + PicturedReleases.RELEASE + "/pipeline-syntax/");
            // The form of the first step is loaded automatically.
            browser.await("document.querySelector('.dropdownList-container [name^=\"_.\"]')");
            browser.run("""
                    window.shown = selector => [...document.querySelectorAll(selector)].find(e => e.offsetParent);
                    window.enter = (element, value) => {
                        element.value = value;
                        ['input', 'change'].forEach(type => element.dispatchEvent(new Event(type, {bubbles: true})));
                    };
                    const steps = document.querySelector('select.dropdownList');
                    enter(steps, [...steps.options].find(o => o.text.startsWith('promoteImage:')).value);""");
            browser.await(
                    "shown('[name=\"_.credentialsId\"] option[value=docker-hub]') || shown('[name=\"_.image\"]')");
            enter("image", ReleaseHub.IMAGE);
            enter("tag", version);
            enter("to", "production");
            browser.await("shown('[name=\"_.credentialsId\"]')?.options.length > 1");
            enter("credentialsId", "docker-hub");
            browser.run("shown('.validate-button').click()");
            browser.await("document.body.textContent.includes('Reached " + ReleaseHub.IMAGE + "')");
            browser.run("document.getElementById('generatePipelineScript').click()");
            browser.await("document.getElementById('prototypeText').value");
            picture("generator", ".jenkins-form-item:has(select.dropdownList), #prototypeText", 1200);
        }
    }

    private void enter(String field, String value) throws Exception {
        browser.run("enter(shown('[name=\"_." + field + "\"]'), '" + value + "')");
    }

    static void addCredentials(String id, String user, String password) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", user, password));
        SystemCredentialsProvider.getInstance().save();
    }

    private void takeConfiguration() throws Exception {
        addCredentials("harbor", "robot-jenkins", "only-for-pictures");
        RegistryConfiguration harbor = new RegistryConfiguration("harbor.example.com", "https://harbor.example.com");
        harbor.setCredentialsId("harbor");
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        configuration.setRegistries(List.of(harbor));
        configuration.setAllowedHosts(List.of("docker.io", "harbor.example.com"));
        open("manage/configure");
        browser.await("document.querySelector('[name=\"_.credentialsId\"] option[value=harbor]')");
        browser.run("""
                [...document.querySelectorAll('.jenkins-section')]
                    .filter(section => section.querySelector('.jenkins-section__title')?.textContent.trim() == 'Docker Image Promotion')
                    .forEach(section => section.id = 'docker-image-promotion')""");
        String form =
                "#docker-image-promotion > :is(.jenkins-section__title, .jenkins-form-item, .advanced-button, div)";
        picture("configuration", form, 1342);
    }
}
