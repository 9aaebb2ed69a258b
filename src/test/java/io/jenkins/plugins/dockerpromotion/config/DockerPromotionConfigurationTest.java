package io.jenkins.plugins.dockerpromotion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.ProxyConfiguration;
import hudson.model.Descriptor;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.util.FormValidation;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Timing;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.StaplerRequest2;

@WithJenkins
class DockerPromotionConfigurationTest {

    private static JenkinsRule jenkins;

    @BeforeAll
    static void openJenkins(JenkinsRule rule) {
        jenkins = rule;
    }

    @AfterEach
    void forget() throws Exception {
        DockerPromotionConfiguration.get().setRegistries(List.of());
        DockerPromotionConfiguration.get().setCallbackHosts(null);
        DockerPromotionConfiguration.get().setAllowedHosts(List.of());
        DockerPromotionConfiguration.get().setConnectTimeout(null);
        DockerPromotionConfiguration.get().setAnswerTimeout(null);
        DockerPromotionConfiguration.get().setAttempts(null);
        jenkins.jenkins.setProxy(null);
    }

    private static RegistryConfiguration registry(String host, String address, String api, String authority) {
        RegistryConfiguration registry = new RegistryConfiguration(host, address);
        registry.setApiAddress(api);
        registry.setCertificateAuthority(authority);
        return registry;
    }

    @Test
    void keepsWhatIsEnteredInTheForm() throws Exception {
        List<RegistryConfiguration> before = List.of(
                registry("registry.example.com:5000", "http://registry.internal", null, null),
                registry("docker.io", null, "https://hub.example.com", "-----BEGIN CERTIFICATE-----\n..."));
        DockerPromotionConfiguration.get().setRegistries(before);
        DockerPromotionConfiguration.get().setCallbackHosts("hooks.example.com");
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("docker.io", "*.example.com"));
        DockerPromotionConfiguration.get().setAnswerTimeout(90);

        jenkins.configRoundtrip();

        assertThat(DockerPromotionConfiguration.get().getCallbackHosts()).isEqualTo("hooks.example.com");
        assertThat(DockerPromotionConfiguration.get().getAllowedHosts()).containsExactly("docker.io", "*.example.com");

        assertThat(DockerPromotionConfiguration.get().getAnswerTimeout()).isEqualTo(90);
        assertThat(DockerPromotionConfiguration.get().getConnectTimeout()).isNull();
        assertThat(DockerPromotionConfiguration.get().getAttempts()).isNull();
        List<RegistryConfiguration> after = DockerPromotionConfiguration.get().getRegistries();
        assertThat(after).hasSize(2);
        for (int i = 0; i < 2; i++) {
            jenkins.assertEqualDataBoundBeans(before.get(i), after.get(i));
        }
    }

    @Test
    void isKeptOnDisk() {
        DockerPromotionConfiguration.get().setRegistries(List.of(registry("a.example.com", null, null, null)));
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("a.example.com"));

        assertThat(new DockerPromotionConfiguration().getAllowedHosts()).containsExactly("a.example.com");
        assertThat(new DockerPromotionConfiguration().getRegistries())
                .extracting(RegistryConfiguration::getHost)
                .containsExactly("a.example.com");
    }

    @Test
    void isReadFromAndExportedAsCode() throws Exception {
        ConfigurationAsCode.get()
                .configure(getClass().getResource("jenkins.yaml").toString());

        Map<String, RegistryLocation> locations =
                DockerPromotionConfiguration.get().network().locations();
        assertThat(locations.get("registry.example.com:5000").registry())
                .isEqualTo(URI.create("http://registry.internal:5000"));
        assertThat(locations.get("docker.io").api()).isEqualTo(URI.create("https://hub.example.com"));
        assertThat(DockerPromotionConfiguration.get().getCallbackHosts())
                .isEqualTo("ci.example.com hooks.example.com:8443");
        assertThat(DockerPromotionConfiguration.get().getAllowedHosts())
                .containsExactly("registry.internal:5000", "mirror.example.com");
        assertThat(DockerPromotionConfiguration.get().network().timing())
                .isEqualTo(new Timing(
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(90),
                        2,
                        Timing.DEFAULT.longestWait()));
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(exported);
        assertThat(exported.toString(StandardCharsets.UTF_8))
                .contains(
                        "dockerPromotion:",
                        "answerTimeout: 90",
                        "attempts: 2",
                        "connectTimeout: 7",
                        "- \"registry.internal:5000\"",
                        "callbackHosts: \"ci.example.com hooks.example.com:8443\"",
                        "apiAddress: \"https://hub.example.com\"",
                        "host: \"registry.example.com:5000\"");
    }

    @Test
    void takesNoAllowedHostThatIsNone() {
        String why = "'https://a.example.com' is no allowed registry host";
        assertThatThrownBy(() -> DockerPromotionConfiguration.get().setAllowedHosts(List.of("https://a.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);

        assertThatThrownBy(() -> ConfigurationAsCode.get()
                        .configure(getClass().getResource("wrong-host.yaml").toString()))
                .hasStackTraceContaining(why);

        JSONObject form = new JSONObject().element("allowedHosts", "docker.io\nhttps://a.example.com");
        assertThatThrownBy(() -> DockerPromotionConfiguration.get().configure((StaplerRequest2) null, form))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining(why);
        assertThat(DockerPromotionConfiguration.get().getAllowedHosts()).isEmpty();
    }

    @Test
    void takesNoLimitThatIsOutOfBounds() {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        assertThatThrownBy(() -> configuration.setConnectTimeout(0))
                .hasMessage("connectTimeout is a number from 1 to 600");
        assertThatThrownBy(() -> configuration.setAnswerTimeout(3601)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> configuration.setAttempts(21)).isInstanceOf(IllegalArgumentException.class);
        JSONObject form = new JSONObject().element("attempts", "often");
        assertThatThrownBy(() -> configuration.configure((StaplerRequest2) null, form))
                .isInstanceOf(Descriptor.FormException.class);
        assertThat(configuration.doCheckConnectTimeout("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(configuration.doCheckConnectTimeout("601").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(configuration.doCheckAnswerTimeout("3600").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(configuration.doCheckAttempts("0").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(configuration.network().timing()).isEqualTo(Timing.DEFAULT);
    }

    @Test
    void readsARegistrysSettingsOnceUntilTheyChange() {
        RegistryConfiguration registry = registry("a.example.com", null, null, null);
        assertThat(registry.location()).isSameAs(registry.location());

        registry.setCertificateAuthority("no certificate");

        assertThatThrownBy(registry::location).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesJenkinsProxyAlong() throws Exception {
        jenkins.jenkins.setProxy(new ProxyConfiguration("proxy.example.com", 3128, "me", "secret", "*.internal"));

        assertThat(DockerPromotionConfiguration.get().network().proxy())
                .hasToString("proxy.example.com:3128")
                .satisfies(p -> assertThat(p.noProxyHosts()).hasSize(1));
    }

    @Test
    void namesTheSettingThatIsWrong() {
        DockerPromotionConfiguration.get().setRegistries(List.of(registry("bad host", null, null, null)));

        assertThatThrownBy(() -> DockerPromotionConfiguration.get().network())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("global configuration 'Docker Image Promotion'", "'bad host'");
    }

    @Test
    void checksEachFieldForAdministratorsOnly() {
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);

        assertThat(form.doCheckHost("registry.example.com:5000").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckHost("").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckHost("a/b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckAddress("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAddress("https://registry.example.com").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAddress("http://registry.example.com").kind).isEqualTo(FormValidation.Kind.WARNING);
        assertThat(form.doCheckAddress("ftp://registry.example.com").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckAddress("https://me:secret@registry.example.com").kind)
                .isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckCertificateAuthority("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckCertificateAuthority("no certificate").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckApiAddress("https://hub.example.com/v2/").kind).isEqualTo(FormValidation.Kind.ERROR);

        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        assertThat(configuration.doCheckCallbackHosts("hooks.example.com:8443").kind)
                .isEqualTo(FormValidation.Kind.OK);
        assertThat(configuration.doCheckCallbackHosts("https://hooks.example.com").kind)
                .isEqualTo(FormValidation.Kind.ERROR);
        assertThat(configuration.doCheckAllowedHosts("docker.io\n *.example.com").kind)
                .isEqualTo(FormValidation.Kind.OK);
        assertThat(configuration.doCheckAllowedHosts("docker.io https://example.com").kind)
                .isEqualTo(FormValidation.Kind.ERROR);

        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(
                new MockAuthorizationStrategy().grant(Jenkins.READ).everywhere().to("reader"));
        try (ACLContext ignored =
                ACL.as2(User.getOrCreateByIdOrFullName("reader").impersonate2())) {
            assertThatThrownBy(() -> form.doCheckHost("x")).isInstanceOf(AccessDeniedException3.class);
            assertThatThrownBy(() -> configuration.doCheckAttempts("1")).isInstanceOf(AccessDeniedException3.class);
            assertThatThrownBy(() -> configuration.doCheckAllowedHosts("x")).isInstanceOf(AccessDeniedException3.class);
            assertThatThrownBy(() -> configuration.doCheckCallbackHosts("x"))
                    .isInstanceOf(AccessDeniedException3.class);
        }
    }
}
