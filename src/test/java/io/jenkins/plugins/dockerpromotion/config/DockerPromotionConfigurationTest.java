package io.jenkins.plugins.dockerpromotion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import hudson.Util;
import hudson.XmlFile;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Saveable;
import hudson.model.User;
import hudson.model.listeners.SaveableListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import io.jenkins.plugins.casc.Attribute;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.SecretSource;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookConfiguration;
import io.jenkins.plugins.dockerpromotion.webhook.WebhookToken;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.util.NameValuePair;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.StaplerRequest2;
import org.yaml.snakeyaml.Yaml;

@WithController
class DockerPromotionConfigurationTest {

    private static final String PUBLIC_KEY = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEP0vNn5O2eZDWZSjoQAOYSXykene4
            7c6AGNzGo0fQhLmgaR9V8gHr76StZYD5KtPLtjdI+7P0XKt6YbXgCu159Q==
            -----END PUBLIC KEY-----
            """;

    private static final String TRUSTED_ROOT =
            "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}";

    private static JenkinsRule jenkins;

    @TempDir
    private Path folder;

    @BeforeAll
    static void openJenkins(JenkinsRule rule) {
        jenkins = rule;
    }

    @AfterEach
    void forget() throws Exception {
        DockerPromotionConfiguration.get().setRegistries(List.of());
        DockerPromotionConfiguration.get().setVerificationRules(List.of());
        DockerPromotionConfiguration.get().setTrustedRoot(null);
        DockerPromotionConfiguration.get().setTransfers(null);
        DockerPromotionConfiguration.get().setRollbackJob(null);
        DockerPromotionConfiguration.get().setCallbackHosts(null);
        DockerPromotionConfiguration.get().setAllowedHosts(List.of());
        DockerPromotionConfiguration.get().setConnectTimeout(null);
        DockerPromotionConfiguration.get().setAnswerTimeout(null);
        DockerPromotionConfiguration.get().setAttempts(null);
        DockerPromotionConfiguration.get().setDefaultPattern(null);
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
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
        configure("jenkins.yaml");
        String authority = DockerPromotionConfiguration.get().getRegistries().stream()
                .map(RegistryConfiguration::getCertificateAuthority)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        forget();
        List<RegistryConfiguration> before = List.of(
                registry("registry.example.com:5000", "http://registry.internal", null, null),
                registry("docker.io", null, "https://hub.example.com", authority));
        before.get(0).setPageSize(200);
        before.get(0).setTokenServices(List.of("gitlab.example.org", "auth.example.org:8443"));
        before.get(0).setMountFrom("base/java");
        before.get(1).setCredentialsId("hub");
        DockerPromotionConfiguration.get().setRegistries(before);
        DockerPromotionConfiguration.get().setDefaultPattern("v{build}");
        DockerPromotionConfiguration.get().setCallbackHosts("hooks.example.com");
        DockerPromotionConfiguration.get().setAllowedHosts(List.of("docker.io", "*.example.com"));
        DockerPromotionConfiguration.get().setAnswerTimeout(90);

        jenkins.configRoundtrip();

        assertThat(DockerPromotionConfiguration.get().getDefaultPattern()).isEqualTo("v{build}");
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
    void isReadFromCode() throws Exception {
        configure("jenkins.yaml");

        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        Map<String, RegistryLocation> locations = registriesOf(configuration);
        assertThat(locations.get("registry.example.com:5000").registry())
                .isEqualTo(URI.create("http://registry.internal:5000"));
        assertThat(locations.get("registry.example.com:5000").pageSize()).isEqualTo(500);
        assertThat(locations.get("registry.example.com:5000").tokenServices()).containsExactly("gitlab.example.org");
        assertThat(locations.get("registry.example.com:5000").mountFrom()).isEqualTo("base/java");
        assertThat(configuration.credentialsIdFor("registry.example.com:5000")).contains("registry");
        assertThat(configuration.credentialsIdFor("registry.internal:5000")).isEmpty();
        assertThat(configuration.credentialsIdFor("docker.io")).isEmpty();
        assertThat(configuration.getPatternInForce()).isEqualTo("{major}.{minor}.{build}");
        assertThat(locations.get("docker.io").api()).isEqualTo(URI.create("https://hub.example.com"));
        assertThat(configuration.getCallbackHosts()).isEqualTo("ci.example.com hooks.example.com:8443");
        assertThat(configuration.getAllowedHosts()).containsExactly("registry.internal:5000", "mirror.example.com");
        assertThat(configuration.network().timing())
                .isEqualTo(new Timing(
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(90),
                        Duration.ofSeconds(90),
                        2,
                        Timing.DEFAULT.longestWait()));
    }

    @Test
    void isReadFromTheCodeOfTheGuides() throws Exception {
        WebhookConfiguration.get().setTokens(List.of());
        for (String guide : List.of("RESTRICTED-NETWORKS.md", "MIGRATING.md")) {
            String code = Files.readString(Path.of("docs", guide))
                    .split("```yaml\n")[1]
                    .split("```")[0]
                    .stripIndent();
            Path file = Files.writeString(folder.resolve(guide + ".yaml"), code);
            ConfigurationAsCode.get().configure(file.toUri().toString());
        }

        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        assertThat(configuration.getRegistries())
                .extracting(RegistryConfiguration::getAddress)
                .containsExactly(null, "http://registry.lab.example.com:5000", "https://images.internal.example.com");
        assertThat(configuration.getAllowedHosts()).hasSize(4);
        assertThat(WebhookConfiguration.get().getTokens())
                .extracting(WebhookToken::getName)
                .containsExactly("Docker Hub");
    }

    private void configure(String file) throws Exception {
        ConfigurationAsCode.get().configure(getClass().getResource(file).toString());
    }

    private static Map<String, RegistryLocation> registriesOf(DockerPromotionConfiguration configuration) {
        return configuration.network().locations();
    }

    /** The settings of this plugin, as they are exported. */
    private static Map<String, Object> exported() throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ConfigurationAsCode.get().export(all);
        Map<String, Map<String, Object>> sections = new Yaml().load(all.toString(StandardCharsets.UTF_8));
        Map<String, Object> ours = new TreeMap<>(sections.get("unclassified"));
        ours.keySet().retainAll(Set.of("dockerPromotion", "dockerPromotionWebhook"));
        return ours;
    }

    @Test
    void everySettingOfThePluginIsExportedAsCodeAndReadAgain() throws Exception {
        configure("jenkins.yaml");
        Map<String, Object> before = exported();
        String code = new Yaml().dump(Map.of("unclassified", before));
        for (String setting : settings()) {
            assertThat(code).as("jenkins.yaml sets it, and it is exported").contains(setting + ":");
        }

        forget();
        WebhookConfiguration.get().setTokens(List.of());
        assertThat(exported()).isNotEqualTo(before);
        Path file = Files.writeString(folder.resolve("exported.yaml"), code);
        ConfigurationAsCode.get().configure(file.toUri().toString());

        assertThat(exported()).isEqualTo(before);
    }

    @Test
    void theExampleOfAWholeConfigurationIsTakenAsItStands() throws Exception {
        String hash = "bd15cfc1b78ab660e1a13f03418dcc6aa5c0c17087946b931e3e93f567e23ccf";
        Map<String, String> secrets = Map.of(
                "DOCKER_HUB_USER",
                "technolog",
                "DOCKER_HUB_TOKEN",
                "dckr_pat_1",
                "REGISTRY_USER",
                "robot",
                "REGISTRY_PASSWORD",
                "only-for-the-test",
                "REGISTRY_CA",
                Files.readString(TestCertificates.shared().caPem()),
                "DOCKER_HUB_WEBHOOK_HASH",
                hash,
                "RELEASE_KEY",
                PUBLIC_KEY,
                "SIGSTORE_TRUSTED_ROOT",
                TRUSTED_ROOT);
        SecretSource source = new SecretSource() {
            @Override
            public Optional<String> reveal(String secret) {
                return Optional.ofNullable(secrets.get(secret));
            }
        };
        ExtensionList.lookup(SecretSource.class).add(0, source);
        SystemCredentialsProvider store = SystemCredentialsProvider.getInstance();
        Map<Domain, List<Credentials>> before = store.getDomainCredentialsMap();
        Path example = Path.of("docs/examples/configuration-as-code/jenkins.yaml");

        ConfigurationAsCode.get().configure(example.toUri().toString());

        List<UsernamePasswordCredentialsImpl> credentials = CredentialsProvider.lookupCredentialsInItemGroup(
                UsernamePasswordCredentialsImpl.class, jenkins.jenkins, ACL.SYSTEM2, List.of());
        assertThat(credentials)
                .extracting(c -> c.getId() + " " + c.getUsername() + ":"
                        + c.getPassword().getPlainText())
                .contains("docker-hub technolog:dckr_pat_1", "registry robot:only-for-the-test");
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        Map<String, RegistryLocation> locations = registriesOf(configuration);
        assertThat(locations.get("registry.example.com").certificateAuthority()).contains("BEGIN CERTIFICATE");
        assertThat(configuration.credentialsIdFor("registry.example.com")).contains("registry");
        assertThat(locations.get("registry.internal:5000").registry())
                .isEqualTo(URI.create("http://registry.internal:5000"));
        assertThat(locations.get("docker.io").registry()).isEqualTo(URI.create("https://mirror.example.com"));
        assertThat(configuration.getAllowedHosts()).hasSize(4);
        assertThat(configuration.network().timing()).isEqualTo(Timing.DEFAULT);
        assertThat(configuration.getPatternInForce()).isEqualTo(TagPattern.DEFAULT);
        assertThat(WebhookConfiguration.get().getTokens())
                .extracting(WebhookToken::getName, WebhookToken::getHash)
                .containsExactly(tuple("Docker Hub", hash));
        for (String setting : settings()) {
            assertThat(Files.readString(example)).as("it shows every setting").contains(setting + ":");
        }
        WebhookConfiguration.get().setTokens(List.of());
        store.setDomainCredentialsMap(before);
        ExtensionList.lookup(SecretSource.class).remove(source);
    }

    /** The names of what can be set in the global configuration of this plugin. */
    private static Set<String> settings() {
        String plugin = DockerPromotionConfiguration.class.getPackageName().replaceFirst("config$", "");
        Set<Class<?>> types = GlobalConfiguration.all().stream()
                .map(Object::getClass)
                .filter(type -> type.getName().startsWith(plugin))
                .collect(Collectors.toCollection(HashSet::new));
        assertThat(types).contains(DockerPromotionConfiguration.class, WebhookConfiguration.class);
        types.addAll(List.of(RegistryConfiguration.class, VerificationRule.class, WebhookToken.class));
        return types.stream()
                .flatMap(type -> ConfiguratorRegistry.get().lookup(type).describe().stream()
                        .map(Attribute::getName))
                .collect(Collectors.toSet());
    }

    /** Files hold names that stay when classes move, and a file of an older version has no newer settings. */
    @Test
    void readsAFileOfAnOlderVersion() throws Exception {
        Path file = jenkins.jenkins.getRootDir().toPath().resolve("docker-promotion.xml");
        Files.copy(Path.of(getClass().getResource("stored.xml").toURI()), file, StandardCopyOption.REPLACE_EXISTING);

        DockerPromotionConfiguration read = new DockerPromotionConfiguration();

        assertThat(read.getAttempts()).isEqualTo(3);
        assertThat(read.getPatternInForce()).isEqualTo(TagPattern.DEFAULT);
        assertThat(registriesOf(read).get("registry.example.com"))
                .isEqualTo(new RegistryLocation(
                        "registry.example.com",
                        URI.create("https://registry.internal"),
                        URI.create("https://registry.example.com"),
                        ""));
        assertThat(read.credentialsIdFor("registry.example.com")).isEmpty();
        read.save();
        assertThat(Files.readString(file))
                .contains("<docker-promotion", "<registry>")
                .doesNotContain("io.jenkins.plugins.dockerpromotion");
    }

    @Test
    void theLastEntryOfEachListCanBeRemovedInTheForm() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        configuration.setRegistries(List.of(registry("a.example.com", null, null, null)));
        configuration.setVerificationRules(List.of(rule("*", null)));
        configuration.setAllowedHosts(List.of("a.example.com"));
        configuration.setCallbackHosts("a.example.com");
        HtmlForm form = jenkins.createWebClient().goTo("configure").getFormByName("config");
        form.getInputByName("_.callbackHosts").setValue("");
        form.getTextAreaByName("_.allowedHosts").setText("");
        for (String field : List.of("_.host", "_.images")) {
            HtmlElement delete = form.getFirstByXPath(
                    "//input[@name='" + field
                            + "']/ancestor::*[contains(@class,'repeated-chunk')]//button[contains(@class,'repeatable-delete')]");
            delete.click();
        }

        jenkins.submit(form);

        assertThat(configuration.getRegistries()).isEmpty();
        assertThat(configuration.getVerificationRules()).isEmpty();
        assertThat(configuration.getAllowedHosts()).isEmpty();
        assertThat(configuration.getCallbackHosts()).isNull();
        assertThat(new DockerPromotionConfiguration().getRegistries()).isEmpty();
    }

    @Test
    void aFormIsSavedOnce() throws Exception {
        AtomicInteger saves = new AtomicInteger();
        SaveableListener listener = new SaveableListener() {
            @Override
            public void onChange(Saveable saved, XmlFile file) {
                if (saved instanceof DockerPromotionConfiguration) {
                    saves.incrementAndGet();
                }
            }
        };
        ExtensionList.lookup(SaveableListener.class).add(0, listener);
        jenkins.configRoundtrip();
        ExtensionList.lookup(SaveableListener.class).remove(listener);

        assertThat(saves).hasValue(1);
    }

    @Test
    void takesNoCallbackHostThatIsNone() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        String why = "'https://hooks.example.com' is not a host";
        assertThatThrownBy(() -> configuration.setCallbackHosts("https://hooks.example.com"))
                .hasMessageContaining(why);
        JSONObject form = new JSONObject().element("callbackHosts", "https://hooks.example.com");
        assertThatThrownBy(() -> configuration.configure((StaplerRequest2) null, form))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining(why);
        Path file = Files.writeString(
                folder.resolve("wrong.yaml"),
                "unclassified: {dockerPromotion: {callbackHosts: 'https://hooks.example.com'}}");
        assertThatThrownBy(
                        () -> ConfigurationAsCode.get().configure(file.toUri().toString()))
                .hasStackTraceContaining(why);
        assertThat(configuration.getCallbackHosts()).isNull();
    }

    @Test
    void takesNoPatternByWhichNoBuildCanBeFound() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        String why = "The pattern '{major}.{minor}' has no field {build}, so it cannot find a build.";
        assertThatThrownBy(() -> configuration.setDefaultPattern("{major}.{minor}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
        assertThatThrownBy(() -> configure("wrong-pattern.yaml")).hasStackTraceContaining(why);
        assertThatThrownBy(() -> configuration.configure(
                        (StaplerRequest2) null, new JSONObject().element("defaultPattern", "{major}.{minor}")))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining(why);
        assertThat(configuration.getPatternInForce()).isEqualTo(TagPattern.DEFAULT);

        assertThat(configuration.doCheckDefaultPattern("{major}.{minor}").getMessage())
                .contains("no field {build}");
        assertThat(configuration.doCheckDefaultPattern("1.4.{build}").renderHtml())
                .contains("Matches 1.4.103, but not 1x4x103.");
        assertThat(configuration.doCheckDefaultPattern(" ").renderHtml()).contains("Matches 20", ".103, but not 20");
    }

    @Test
    void takesNoPageThatIsTooSmallOrTooLarge() throws Exception {
        RegistryConfiguration registry = registry("registry.example.com", null, null, null);
        registry.setPageSize(10_000);
        assertThatThrownBy(() -> registry.setPageSize(9)).hasMessage("pageSize must be a number from 10 to 10000");
        assertThatThrownBy(() -> registry.setPageSize(10_001)).isInstanceOf(IllegalArgumentException.class);
        assertThat(registry.location().pageSize()).isEqualTo(10_000);
        registry.setPageSize(null);
        assertThat(registry.location().pageSize()).isZero();

        String why = "pageSize must be a number from 10 to 100";
        RegistryConfiguration hub = registry("index.docker.io", null, null, null);
        hub.setPageSize(100);
        assertThatThrownBy(() -> hub.setPageSize(101)).hasMessage(why);
        assertThatThrownBy(() -> configure("wrong-page-size.yaml")).hasStackTraceContaining(why);
        JSONObject entry = new JSONObject().element("host", "docker.io").element("pageSize", "101");
        for (Object registries : List.of(
                entry, JSONArray.fromObject(List.of(new JSONObject().element("host", "a.example.com"), entry)))) {
            JSONObject form = new JSONObject().element("registries", registries);
            assertThatThrownBy(() -> DockerPromotionConfiguration.get().configure((StaplerRequest2) null, form))
                    .isInstanceOf(Descriptor.FormException.class)
                    .hasMessageContaining(why);
        }
        assertThat(DockerPromotionConfiguration.get().getRegistries()).isEmpty();
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);
        assertThat(form.doCheckPageSize("101", "registry.example.com").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckPageSize("101", "docker.io")).hasMessage(why);
        assertThat(form.doCheckPageSize("many", "")).hasMessage("pageSize must be a number from 10 to 10000");
    }

    @Test
    void mountsFromNothingButARepository() throws Exception {
        RegistryConfiguration registry = registry("registry.example.com", null, null, null);
        registry.setMountFrom("Base images");
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);

        assertThatThrownBy(registry::location).hasMessageContaining("Base images");
        assertThat(form.doCheckMountFrom("Base images", "registry.example.com").kind)
                .isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckMountFrom("base/java", "registry.example.com").kind)
                .isEqualTo(FormValidation.Kind.OK);
    }

    @Test
    void offersTheCredentialsThatBuildsCanShowARegistry() throws Exception {
        List<Credentials> credentials = SystemCredentialsProvider.getInstance().getCredentials();
        credentials.add(new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, "hub", "", "ci", "secret"));
        credentials.add(new UsernamePasswordCredentialsImpl(CredentialsScope.SYSTEM, "system", "", "ci", "secret"));
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);

        assertThat(form.doFillCredentialsIdItems("", "registry.example.com"))
                .extracting(o -> o.value)
                .contains("hub")
                .doesNotContain("system");
        assertThat(form.doCheckCredentialsId("", "docker.io").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckCredentialsId("hub", "docker.io").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckCredentialsId("system", "docker.io").kind).isEqualTo(FormValidation.Kind.ERROR);
    }

    @Test
    void takesNoAllowedHostThatIsNone() {
        String why = "'https://a.example.com' is no allowed registry host";
        assertThatThrownBy(() -> DockerPromotionConfiguration.get().setAllowedHosts(List.of("https://a.example.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);

        assertThatThrownBy(() -> configure("wrong-host.yaml")).hasStackTraceContaining(why);

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
                .hasMessage("connectTimeout must be a number from 1 to 600");
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

    private static VerificationRule rule(String images, String tags) {
        VerificationRule rule = new VerificationRule(images);
        rule.setTags(tags);
        rule.setPublicKeys(PUBLIC_KEY);
        return rule;
    }

    @Test
    void rulesOfVerificationHoldForTheImagesAndTagsTheyName() {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        VerificationRule production = rule("registry.example.com/prod/*, technolog/one", "production *-rc");
        production.setAttestations("spdx");
        configuration.setVerificationRules(List.of(production, rule("docker.io/technolog/*", null)));

        Function<String, List<String>> rules = name -> {
            int colon = name.lastIndexOf(':');
            return configuration
                    .requirementsFor(ImageName.parse(name.substring(0, colon)), new Tag(name.substring(colon + 1)))
                    .stream()
                    .map(VerificationRequirement::demandedBy)
                    .map(text -> text.contains("docker.io") ? "hub" : "production")
                    .toList();
        };
        assertThat(rules.apply("registry.example.com/prod/web:production")).containsExactly("production");
        assertThat(rules.apply("registry.example.com/prod/a/b:1.0-rc")).containsExactly("production");
        assertThat(rules.apply("registry.example.com/prod/web:latest")).isEmpty();
        assertThat(rules.apply("registry.example.com/test/web:production")).isEmpty();
        assertThat(rules.apply("registry.example.org/prod/web:production")).isEmpty();
        assertThat(rules.apply("technolog/one:production")).containsExactly("production", "hub");
        assertThat(rules.apply("technolog/two:anything")).containsExactly("hub");
        assertThat(configuration
                        .requirementsFor(ImageName.parse("registry.example.com/prod/web"), new Tag("production"))
                        .get(0)
                        .attestations())
                .containsExactly("https://spdx.dev/Document");
    }

    @Test
    void identitiesNeedATrustedRoot() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        VerificationRule keyless = new VerificationRule("*");
        keyless.setCertificateIdentity("release@example.com");
        keyless.setCertificateOidcIssuerRegexp("https://.*");
        configuration.setVerificationRules(List.of(keyless));
        ImageName image = ImageName.parse("a/b");
        assertThatThrownBy(() -> configuration.requirementsFor(image, new Tag("x")))
                .hasMessageContaining("trusted root");
        JSONObject form = new JSONObject()
                .element(
                        "verificationRules",
                        new JSONObject()
                                .element("images", "*")
                                .element("certificateIdentity", "release@example.com")
                                .element("certificateOidcIssuer", "https://accounts.example.com"));
        assertThatThrownBy(() -> configuration.configure((StaplerRequest2) null, form))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining("trusted root");
        assertThatThrownBy(() -> configuration.setTrustedRoot("{}")).isInstanceOf(IllegalArgumentException.class);
        assertThat(configuration.doCheckTrustedRoot("{}").kind).isEqualTo(FormValidation.Kind.ERROR);

        configuration.setTrustedRoot(TRUSTED_ROOT);

        assertThat(configuration.requirementsFor(image, new Tag("x")).get(0).identities())
                .hasToString("[release@example.com (https://.*)]");
        keyless.setCertificateIdentityRegexp("both");
        assertThatThrownBy(() -> configuration.setVerificationRules(List.of(keyless)))
                .hasMessageContaining("certificateIdentity");
    }

    @Test
    void takesNoRuleThatMakesNoSense() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        VerificationRule withoutKey = new VerificationRule("*");
        VerificationRule wrongKey = rule("*", null);
        wrongKey.setPublicKeys("no key");
        VerificationRule wrongAttestation = rule("*", null);
        wrongAttestation.setAttestations("no-such-type");
        for (VerificationRule wrong : List.of(withoutKey, wrongKey, wrongAttestation, rule(null, null))) {
            assertThatThrownBy(() -> configuration.setVerificationRules(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class);
            JSONObject entry = new JSONObject()
                    .element("images", Util.fixNull(wrong.getImages()))
                    .element("publicKeys", Util.fixNull(wrong.getPublicKeys()))
                    .element("attestations", Util.fixNull(wrong.getAttestations()));
            assertThatThrownBy(() -> configuration.configure(
                            (StaplerRequest2) null, new JSONObject().element("verificationRules", entry)))
                    .isInstanceOf(Descriptor.FormException.class);
        }
        VerificationRule.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(VerificationRule.DescriptorImpl.class);
        assertThat(form.doCheckPublicKeys("no key").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckPublicKeys(PUBLIC_KEY).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAttestations("spdx slsaprovenance1").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAttestations("no-such-type").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckImages(" ").kind).isEqualTo(FormValidation.Kind.ERROR);
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
    void takesNoRegistryThatMakesNoSense() throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        configuration.setRegistries(List.of(registry("a.example.com", null, null, null)));

        for (RegistryConfiguration wrong : List.of(
                registry("bad host", null, null, null),
                registry("b.example.com", "b.example.com:5000", null, null),
                registry("b.example.com", null, null, "no certificate"))) {
            String[] why = {"global configuration 'Docker Image Promotion'", "'" + wrong.getHost() + "'"};
            assertThatThrownBy(() -> configuration.setRegistries(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll(why);
            JSONObject entry = new JSONObject()
                    .element("host", wrong.getHost())
                    .element("address", Util.fixNull(wrong.getAddress()))
                    .element("certificateAuthority", Util.fixNull(wrong.getCertificateAuthority()));
            assertThatThrownBy(() -> configuration.configure(
                            (StaplerRequest2) null, new JSONObject().element("registries", entry)))
                    .isInstanceOf(Descriptor.FormException.class)
                    .hasMessageContainingAll(why);
        }
        Path file = Files.writeString(
                folder.resolve("wrong.yaml"),
                "unclassified: {dockerPromotion: {registries: [{host: b.example.com, certificateAuthority: none}]}}");
        assertThatThrownBy(
                        () -> ConfigurationAsCode.get().configure(file.toUri().toString()))
                .hasStackTraceContaining(
                        "'b.example.com' (the certificate authority must be X.509 certificates in PEM format");

        assertThat(configuration.network().locations()).containsOnlyKeys("a.example.com");
    }

    @Test
    void checksEachField() {
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);

        assertThat(form.doCheckHost("registry.example.com:5000").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckHost("").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckHost("a/b").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(form.doCheckAddress("").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAddress("https://registry.example.com").kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(form.doCheckAddress("http://registry.example.com").kind).isEqualTo(FormValidation.Kind.WARNING);
        for (String wrong : List.of(
                "ftp://registry.example.com",
                "registry.example.com:5000",
                "https://registry.example.com:70000",
                "https://registry.example.com#v2",
                "https://registry.example.com/v2/",
                "https://me:my secret@registry.example.com")) {
            assertThat(form.doCheckAddress(wrong))
                    .as(wrong)
                    .hasMessage("an address must be https:// or http:// with a host and an optional port");
        }
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
    }

    @Test
    void nobodyButAdministratorsIsAnsweredByAFormOrSavesIt() throws Exception {
        DockerPromotionConfiguration.get().setDefaultPattern("v{build}");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.CONFIGURE)
                .everywhere()
                .to("reader"));
        int answers = 0;
        try (ACLContext ignored =
                ACL.as2(User.getOrCreateByIdOrFullName("reader").impersonate2())) {
            for (Object form : List.of(
                    DockerPromotionConfiguration.get(),
                    jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class),
                    jenkins.jenkins.getDescriptorByType(VerificationRule.DescriptorImpl.class))) {
                for (Method method : form.getClass().getDeclaredMethods()) {
                    if (method.getName().matches("do(Check|Fill).*")) {
                        answers++;
                        assertThatThrownBy(() -> method.invoke(form, new Object[method.getParameterCount()]))
                                .as(method.toString())
                                .hasCauseInstanceOf(AccessDeniedException3.class);
                    }
                }
            }
        }
        assertThat(answers).isGreaterThanOrEqualTo(13);

        try (JenkinsRule.WebClient client = jenkins.createWebClient()) {
            client.login("reader").setThrowExceptionOnFailingStatusCode(false);
            WebRequest save = new WebRequest(client.createCrumbedUrl("manage/configSubmit"), HttpMethod.POST);
            save.setRequestParameters(List.of(new NameValuePair(
                    "json",
                    new JSONObject()
                            .element(
                                    DockerPromotionConfiguration.class.getName(),
                                    new JSONObject().element("defaultPattern", "x{build}"))
                            .toString())));
            assertThat(client.getPage(save).getWebResponse().getStatusCode()).isEqualTo(403);
        }
        assertThat(DockerPromotionConfiguration.get().getPatternInForce()).isEqualTo("v{build}");
    }
}
