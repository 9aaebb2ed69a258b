package io.jenkins.plugins.dockerpromotion.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import hudson.XmlFile;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.model.Saveable;
import hudson.model.listeners.SaveableListener;
import hudson.security.ACL;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.kohsuke.stapler.Stapler;
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

    /** Tests the settings of {@code jenkins.yaml}, which sets everything, and the defaults. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFormKeepsEverySetting(boolean set) throws Exception {
        if (set) {
            configure("jenkins.yaml");
        }
        Map<String, Object> before = exported();

        jenkins.configRoundtrip();

        assertThat(exported()).isEqualTo(before);
    }

    @Test
    void isReadFromCode() throws Exception {
        configure("jenkins.yaml");

        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        Map<String, RegistryLocation> locations = configuration.network().locations();
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

    /** Returns the plugin's settings as Configuration as Code exports them. */
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
        Map<String, RegistryLocation> locations = configuration.network().locations();
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

    /** Returns the names of all settings in the plugin's global configuration. */
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

    /** The names in stored files stay the same when classes move. A file of an older version lacks newer settings. */
    @Test
    void readsAFileOfAnOlderVersion() throws Exception {
        Path file = jenkins.jenkins.getRootDir().toPath().resolve("docker-promotion.xml");
        Files.copy(Path.of(getClass().getResource("stored.xml").toURI()), file, StandardCopyOption.REPLACE_EXISTING);

        DockerPromotionConfiguration read = new DockerPromotionConfiguration();

        assertThat(read.getAttempts()).isEqualTo(3);
        assertThat(read.getPatternInForce()).isEqualTo(TagPattern.DEFAULT);
        assertThat(read.network().locations().get("registry.example.com"))
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

    /** If one setting is invalid, none is changed, neither by Configuration as Code nor by the form. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "callbackHosts: 'https://hooks.example.com' | 'https://hooks.example.com' is not a host",
                "allowedHosts: [docker.io, 'https://a.example.com'] | 'https://a.example.com' is no allowed registry host",
                "defaultPattern: '{major}.{minor}' | The pattern '{major}.{minor}' has no field {build}, so it cannot find a build.",
                "connectTimeout: 0 | connectTimeout must be a number from 1 to 600",
                "answerTimeout: 3601 | answerTimeout must be a number from 1 to 3600",
                "attempts: 21 | attempts must be a number from 1 to 20",
                "transfers: 33 | transfers must be a number from 1 to 32",
                "trustedRoot: '{}' | trusted root",
                "registries: [{host: bad host}] | the global configuration 'Docker Image Promotion' is not valid for the registry 'bad host'",
                "registries: [{host: b.example.com, address: 'b.example.com:5000'}] | 'b.example.com' (an address must be https://",
                "registries: [{host: b.example.com, certificateAuthority: none}] | 'b.example.com' (the certificate authority must be X.509 certificates in PEM format",
                "registries: [{host: b.example.com, mountFrom: Base images}] | Base images",
                "registries: [{host: b.example.com, tokenServices: ['https://x']}] | 'https://x' is not a registry",
                "registries: [{host: b.example.com, pageSize: 9}] | pageSize must be a number from 10 to 10000",
                "registries: [{host: a.example.com}, {host: index.docker.io, pageSize: 101}] | pageSize must be a number from 10 to 100",
                "verificationRules: [{images: '*'}] | public key",
                "verificationRules: [{images: '*', publicKeys: no key}] | key",
                "verificationRules: [{images: '', publicKeys: no key}] | a verification rule needs 'images'",
                "verificationRules: [{images: '*', publicKeys: PUBLIC_KEY, attestations: no-such-type}] | no-such-type",
            })
    void takesNothingThatMakesNoSense(String setting, String why) throws Exception {
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        configuration.setRegistries(List.of(registry("a.example.com", null, null, null)));
        Map<String, Object> before = exported();
        String written = setting.replace("PUBLIC_KEY", '"' + PUBLIC_KEY.replace("\n", "\\n") + '"');
        String code = "unclassified: {dockerPromotion: {" + written + "}}";
        Path file = Files.writeString(folder.resolve("wrong.yaml"), code);

        assertThatThrownBy(
                        () -> ConfigurationAsCode.get().configure(file.toUri().toString()))
                .hasStackTraceContaining(why);
        Map<String, Object> form = new Yaml().load(written);
        assertThatThrownBy(() -> submit(JSONObject.fromObject(form).element("rollbackJob", "another")))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining(why);

        assertThat(exported()).isEqualTo(before);
    }

    private static void submit(JSONObject form) throws Exception {
        jenkins.executeOnServer(() -> DockerPromotionConfiguration.get().configure(Stapler.getCurrentRequest2(), form));
    }

    @Test
    void aPageMayBeAsLargeAsTheRegistryAllows() {
        RegistryConfiguration registry = registry("registry.example.com", null, null, null);
        registry.setPageSize(10_000);
        assertThat(registry.location().pageSize()).isEqualTo(10_000);
        registry.setPageSize(null);
        assertThat(registry.location().pageSize()).isZero();
        registry("index.docker.io", null, null, null).setPageSize(100);
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
        assertThatThrownBy(() -> submit(form))
                .isInstanceOf(Descriptor.FormException.class)
                .hasMessageContaining("trusted root");

        configuration.setTrustedRoot(TRUSTED_ROOT);

        assertThat(configuration.requirementsFor(image, new Tag("x")).get(0).identities())
                .hasToString("[release@example.com (https://.*)]");
        keyless.setCertificateIdentityRegexp("both");
        assertThatThrownBy(() -> configuration.setVerificationRules(List.of(keyless)))
                .hasMessageContaining("certificateIdentity");
    }

    @Test
    void takesJenkinsProxyAlong() throws Exception {
        jenkins.jenkins.setProxy(new ProxyConfiguration("proxy.example.com", 3128, "me", "secret", "*.internal"));

        assertThat(DockerPromotionConfiguration.get().network().proxy())
                .hasToString("proxy.example.com:3128")
                .satisfies(p -> assertThat(p.noProxyHosts()).hasSize(1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registry | Host | registry.example.com:5000 | OK",
                "registry | Host | '' | ERROR",
                "registry | Host | a/b | ERROR",
                "registry | Address | '' | OK",
                "registry | Address | https://registry.example.com | OK",
                "registry | Address | http://registry.example.com | WARNING",
                "registry | Address | ftp://registry.example.com | ERROR",
                "registry | Address | registry.example.com:5000 | ERROR",
                "registry | Address | https://registry.example.com:70000 | ERROR",
                "registry | Address | https://registry.example.com#v2 | ERROR",
                "registry | Address | https://registry.example.com/v2/ | ERROR",
                "registry | Address | https://me:my secret@registry.example.com | ERROR",
                "registry | Address | https://me:secret@registry.example.com | ERROR",
                "registry | ApiAddress | https://hub.example.com/v2/ | ERROR",
                "registry | CertificateAuthority | '' | OK",
                "registry | CertificateAuthority | no certificate | ERROR",
                "registry | TokenServices | gitlab.example.org | OK",
                "registry | MountFrom | Base images | ERROR",
                "registry | MountFrom | base/java | OK",
                "registry | PageSize | 101 | OK",
                "registry | PageSize | 9 | ERROR",
                "registry | PageSize | many | ERROR",
                "rule | Images | '' | ERROR",
                "rule | PublicKeys | no key | ERROR",
                "rule | PublicKeys | PUBLIC_KEY | OK",
                "rule | Attestations | spdx slsaprovenance1 | OK",
                "rule | Attestations | no-such-type | ERROR",
                "all | CallbackHosts | hooks.example.com:8443 | OK",
                "all | CallbackHosts | https://hooks.example.com | ERROR",
                "all | AllowedHosts | docker.io *.example.com | OK",
                "all | AllowedHosts | docker.io https://example.com | ERROR",
                "all | TrustedRoot | {} | ERROR",
                "all | ConnectTimeout | '' | OK",
                "all | ConnectTimeout | 601 | ERROR",
                "all | AnswerTimeout | 3600 | OK",
                "all | Attempts | 0 | ERROR",
                "all | DefaultPattern | {major}.{minor} | ERROR",
                "all | DefaultPattern | v{build} | OK",
                "all | RollbackJob | nowhere | ERROR",
            })
    void checksEachField(String form, String field, String value, FormValidation.Kind kind) throws Exception {
        Object checks = Map.of(
                        "registry", jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class),
                        "rule", jenkins.jenkins.getDescriptorByType(VerificationRule.DescriptorImpl.class),
                        "all", DockerPromotionConfiguration.get())
                .get(form);
        Method check = Stream.of(checks.getClass().getDeclaredMethods())
                .filter(method -> method.getName().equals("doCheck" + field))
                .findFirst()
                .orElseThrow();
        String given = value.replace("PUBLIC_KEY", PUBLIC_KEY);
        Object result = check.getParameterCount() == 1
                ? check.invoke(checks, given)
                : check.invoke(checks, given, "registry.example.com");

        assertThat(((FormValidation) result).kind).isEqualTo(kind);
        assertThat(((FormValidation) result).renderHtml()).doesNotContain("secret@");
    }

    @Test
    void checksTellOfLimitsAndExamples() {
        RegistryConfiguration.DescriptorImpl form =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);
        assertThat(form.doCheckPageSize("101", "docker.io")).hasMessage("pageSize must be a number from 10 to 100");
        assertThat(form.doCheckAddress("a"))
                .hasMessage("an address must be https:// or http:// with a host and an optional port");
        DockerPromotionConfiguration configuration = DockerPromotionConfiguration.get();
        assertThat(configuration.doCheckDefaultPattern("1.4.{build}").renderHtml())
                .contains("Matches 1.4.103, but not 1x4x103.");
        assertThat(configuration.doCheckDefaultPattern(" ").renderHtml()).contains("Matches 20", ".103, but not 20");
    }

    @Test
    void nobodyButAdministratorsSavesTheForm() throws Exception {
        DockerPromotionConfiguration.get().setDefaultPattern("v{build}");
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.SYSTEM_READ, Item.CONFIGURE)
                .everywhere()
                .to("reader"));

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
