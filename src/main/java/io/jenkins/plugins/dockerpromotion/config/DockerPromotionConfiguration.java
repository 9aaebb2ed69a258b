package io.jenkins.plugins.dockerpromotion.config;

import hudson.BulkChange;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.ProxyConfiguration;
import hudson.Util;
import hudson.XmlFile;
import hudson.model.Job;
import hudson.util.FormValidation;
import hudson.util.Secret;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement;
import io.jenkins.plugins.dockerpromotion.attachment.VerificationRequirement.Identity;
import io.jenkins.plugins.dockerpromotion.notification.CallbackAddress;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.HostRules;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONArray;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The global configuration of this plugin. */
@Extension
@Symbol("dockerPromotion")
public final class DockerPromotionConfiguration extends GlobalConfiguration {

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("docker-promotion", DockerPromotionConfiguration.class);
        XSTREAM.alias("registry", RegistryConfiguration.class);
        XSTREAM.alias("verification-rule", VerificationRule.class);
    }

    private volatile List<RegistryConfiguration> registries = new ArrayList<>();
    private volatile List<VerificationRule> verificationRules = new ArrayList<>();
    private String trustedRoot;
    private String callbackHosts;
    private volatile List<String> allowedHosts = new ArrayList<>();
    private Integer connectTimeout;
    private Integer answerTimeout;
    private Integer attempts;
    private Integer transfers;
    private String defaultPattern;
    private String rollbackJob;

    public DockerPromotionConfiguration() {
        load();
    }

    public static DockerPromotionConfiguration get() {
        return ExtensionList.lookupSingleton(DockerPromotionConfiguration.class);
    }

    @Override
    protected XmlFile getConfigFile() {
        return new XmlFile(XSTREAM, new File(Jenkins.get().getRootDir(), "docker-promotion.xml"));
    }

    public List<RegistryConfiguration> getRegistries() {
        return List.copyOf(registries);
    }

    /** @throws IllegalArgumentException in one line, if one of them is not valid, because it would break all steps */
    @DataBoundSetter
    public void setRegistries(List<RegistryConfiguration> registries) {
        Util.fixNull(registries).forEach(DockerPromotionConfiguration::location);
        this.registries = new ArrayList<>(Util.fixNull(registries));
        save();
    }

    public List<VerificationRule> getVerificationRules() {
        return List.copyOf(verificationRules);
    }

    /** @throws IllegalArgumentException in one line, if one of them is not valid */
    @DataBoundSetter
    public void setVerificationRules(List<VerificationRule> verificationRules) {
        Util.fixNull(verificationRules).forEach(VerificationRule::check);
        this.verificationRules = new ArrayList<>(Util.fixNull(verificationRules));
        save();
    }

    /** The trusted certificates and logs for signers with identities; {@code null} for none. */
    public String getTrustedRoot() {
        return trustedRoot;
    }

    /**
     * @param trustedRoot JSON from {@code cosign trusted-root create}
     * @throws IllegalArgumentException in one line, if it is not valid
     */
    @DataBoundSetter
    public void setTrustedRoot(String trustedRoot) {
        requireTrustedRoot(Util.fixEmptyAndTrim(trustedRoot));
        this.trustedRoot = Util.fixEmptyAndTrim(trustedRoot);
        save();
    }

    private static void requireTrustedRoot(String given) {
        if (given != null) {
            new VerificationRequirement("", List.of(), List.of(Identity.of("x", "", "x", "")), given, List.of());
        }
    }

    @RequirePOST
    public FormValidation doCheckTrustedRoot(@QueryParameter String value) {
        return FormFields.ofAdministrator(value, DockerPromotionConfiguration::requireTrustedRoot);
    }

    /**
     * The administrator's requirements for images that are promoted to {@code tag} of {@code image}.
     *
     * @throws IllegalArgumentException in one line, if a rule allows identities, but there is no trusted root
     */
    public List<VerificationRequirement> requirementsFor(ImageName image, Tag tag) {
        return verificationRules.stream()
                .filter(rule -> rule.isFor(image, tag))
                .map(rule -> rule.requirement(Util.fixNull(trustedRoot)))
                .toList();
    }

    /** Hosts for callbacks besides those of Docker Hub, separated by spaces. */
    public String getCallbackHosts() {
        return callbackHosts;
    }

    /** @throws IllegalArgumentException in one line, if one of them is not a host */
    @DataBoundSetter
    public void setCallbackHosts(String callbackHosts) {
        CallbackAddress.parseHosts(Util.fixNull(callbackHosts));
        this.callbackHosts = Util.fixEmptyAndTrim(callbackHosts);
        save();
    }

    @RequirePOST
    public FormValidation doCheckCallbackHosts(@QueryParameter String value) {
        return FormFields.ofAdministrator(value, CallbackAddress::parseHosts);
    }

    /** The hosts that requests to registries may go to; empty for all hosts. */
    public List<String> getAllowedHosts() {
        return List.copyOf(allowedHosts);
    }

    /**
     * @param allowedHosts each may hold several, with commas or blanks between them, as the form's text does
     * @throws IllegalArgumentException in one line, if one of them is not a host
     */
    @DataBoundSetter
    public void setAllowedHosts(List<String> allowedHosts) {
        List<String> hosts = FormFields.words(String.join(" ", Util.fixNull(allowedHosts)));
        new HostRules(hosts);
        this.allowedHosts = new ArrayList<>(hosts);
        save();
    }

    /** The same for the form, one per line. */
    public String getAllowedHostsText() {
        return String.join("\n", allowedHosts);
    }

    @RequirePOST
    public FormValidation doCheckAllowedHosts(@QueryParameter String value) {
        return FormFields.ofAdministrator(value, text -> new HostRules(FormFields.words(text)));
    }

    /** Connect timeout in seconds; {@code null} for the default. */
    public Integer getConnectTimeout() {
        return connectTimeout;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setConnectTimeout(Integer connectTimeout) {
        this.connectTimeout = Limit.CONNECT_TIMEOUT.checked(connectTimeout);
        save();
    }

    /** Response timeout in seconds, for an answer and each further part of it; {@code null} for the default. */
    public Integer getAnswerTimeout() {
        return answerTimeout;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setAnswerTimeout(Integer answerTimeout) {
        this.answerTimeout = Limit.ANSWER_TIMEOUT.checked(answerTimeout);
        save();
    }

    /** Maximum number of attempts for a request; {@code null} for the default. */
    public Integer getAttempts() {
        return attempts;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setAttempts(Integer attempts) {
        this.attempts = Limit.ATTEMPTS.checked(attempts);
        save();
    }

    /** Number of layers that one promotion copies in parallel; {@code null} for the default. */
    public Integer getTransfers() {
        return transfers;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setTransfers(Integer transfers) {
        this.transfers = Limit.TRANSFERS.checked(transfers);
        save();
    }

    @RequirePOST
    public FormValidation doCheckTransfers(@QueryParameter String value) {
        return Limit.TRANSFERS.check(value);
    }

    /** Placeholder of the form for the number of layers. */
    public int getUsualTransfers() {
        return Network.TRANSFERS;
    }

    /** The default pattern of tags for Jenkinsfiles without one; {@code null} for the built-in default. */
    public String getDefaultPattern() {
        return defaultPattern;
    }

    /** @throws IllegalArgumentException in one line, if it is not a pattern that can find a build */
    @DataBoundSetter
    public void setDefaultPattern(String defaultPattern) {
        String given = Util.fixEmptyAndTrim(defaultPattern);
        requirePattern(given);
        this.defaultPattern = given;
        save();
    }

    private static void requirePattern(String given) {
        if (given != null) {
            TagPattern.of(given).requireBuild();
        }
    }

    /** The full name of the job that the roll-back page can start; {@code null} for none. */
    public String getRollbackJob() {
        return rollbackJob;
    }

    @DataBoundSetter
    public void setRollbackJob(String rollbackJob) {
        this.rollbackJob = Util.fixEmptyAndTrim(rollbackJob);
        save();
    }

    @RequirePOST
    public FormValidation doCheckRollbackJob(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String name = Util.fixEmptyAndTrim(value);
        return name == null || Jenkins.get().getItemByFullName(name, Job.class) != null
                ? FormValidation.ok()
                : FormValidation.error(Messages.DockerPromotionConfiguration_noSuchJob(name));
    }

    /** The pattern for Jenkinsfiles without one. */
    public String getPatternInForce() {
        return defaultPattern == null ? TagPattern.DEFAULT : defaultPattern;
    }

    /** Placeholder of the form for the pattern. */
    public String getUsualPattern() {
        return TagPattern.DEFAULT;
    }

    @RequirePOST
    public FormValidation doCheckDefaultPattern(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String given = Util.fixEmptyAndTrim(value);
        return FormFields.pattern(
                given == null ? TagPattern.DEFAULT : given, DockerPromotionConfiguration::requirePattern);
    }

    @RequirePOST
    public FormValidation doCheckConnectTimeout(@QueryParameter String value) {
        return Limit.CONNECT_TIMEOUT.check(value);
    }

    @RequirePOST
    public FormValidation doCheckAnswerTimeout(@QueryParameter String value) {
        return Limit.ANSWER_TIMEOUT.check(value);
    }

    @RequirePOST
    public FormValidation doCheckAttempts(@QueryParameter String value) {
        return Limit.ATTEMPTS.check(value);
    }

    /** Placeholders of the form for limits. */
    public Timing getUsualTiming() {
        return Timing.DEFAULT;
    }

    private Timing timing() {
        Timing usual = Timing.DEFAULT;
        return new Timing(
                connectTimeout == null ? usual.connect() : Duration.ofSeconds(connectTimeout),
                answerTimeout == null ? usual.answer() : Duration.ofSeconds(answerTimeout),
                answerTimeout == null ? usual.silence() : Duration.ofSeconds(answerTimeout),
                attempts == null ? usual.attempts() : attempts,
                usual.longestWait());
    }

    /** Tries the form on a copy before setting anything, so that it is saved as a whole or not at all. */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject form) throws FormException {
        // A form without entries omits the list, so it would not be cleared otherwise.
        List.of("registries", "verificationRules").forEach(list -> form.putIfAbsent(list, new JSONArray()));
        new DockerPromotionConfiguration().bind(request, form, false);
        bind(request, form, true);
        return true;
    }

    private void bind(StaplerRequest2 request, JSONObject form, boolean save) throws FormException {
        try (BulkChange change = new BulkChange(this)) {
            request.bindJSON(this, form);
            verificationRules.stream()
                    .filter(rule -> !rule.identities().isEmpty())
                    .forEach(rule -> rule.requirement(Util.fixNull(trustedRoot)));
            if (save) {
                change.commit();
            }
        } catch (IllegalArgumentException e) {
            throw new FormException(reason(e), "registries");
        } catch (IOException e) {
            throw new FormException(e, "registries");
        }
    }

    /** What the setter said; Stapler wraps it, and then quotes the form. */
    private static String reason(IllegalArgumentException e) {
        return e.getCause() instanceof IllegalArgumentException inner ? reason(inner) : e.getMessage();
    }

    @Override
    public String getDisplayName() {
        return Messages.DockerPromotionConfiguration_displayName();
    }

    /** The network settings that an operation takes to its agent. */
    public Network network() {
        return new Network(
                        registries.stream()
                                .map(DockerPromotionConfiguration::location)
                                .toList(),
                        proxy(),
                        timing())
                .with(new HostRules(allowedHosts))
                .withTransfers(transfers == null ? Network.TRANSFERS : transfers);
    }

    /**
     * The credentials for steps that name none.
     *
     * @param host of the registry, as in image names
     */
    public Optional<String> credentialsIdFor(String host) {
        return registries.stream()
                .filter(registry -> registry.isAt(host))
                .map(RegistryConfiguration::getCredentialsId)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static RegistryLocation location(RegistryConfiguration registry) {
        try {
            return registry.location();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the global configuration 'Docker Image Promotion' is not valid for the registry '"
                            + Util.fixNull(registry.getHost()) + "' (" + e.getMessage()
                            + "); ask an administrator to correct it");
        }
    }

    /** Jenkins' own proxy, which agents use, too. */
    private static ProxySettings proxy() {
        ProxyConfiguration proxy = Jenkins.get().getProxy();
        return proxy == null || Util.fixEmptyAndTrim(proxy.getName()) == null
                ? ProxySettings.NONE
                : new ProxySettings(
                        proxy.getName(),
                        proxy.getPort(),
                        Util.fixNull(proxy.getUserName()),
                        Util.fixNull(Secret.toString(proxy.getSecretPassword())),
                        proxy.getNoProxyHostPatterns());
    }
}
