package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.XmlFile;
import hudson.util.FormValidation;
import hudson.util.XStream2;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** The tokens of the webhook. */
@Extension
@Symbol("dockerPromotionWebhook")
public final class WebhookConfiguration extends GlobalConfiguration {

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("docker-promotion-webhook", WebhookConfiguration.class);
        XSTREAM.alias("token", WebhookToken.class);
    }

    private List<WebhookToken> tokens = new ArrayList<>();

    public WebhookConfiguration() {
        load();
    }

    public static WebhookConfiguration get() {
        return ExtensionList.lookupSingleton(WebhookConfiguration.class);
    }

    @Override
    protected XmlFile getConfigFile() {
        return new XmlFile(XSTREAM, new File(Jenkins.get().getRootDir(), "docker-promotion-webhook.xml"));
    }

    @Override
    public String getDisplayName() {
        return Messages.WebhookConfiguration_displayName();
    }

    public synchronized List<WebhookToken> getTokens() {
        return List.copyOf(tokens);
    }

    @DataBoundSetter
    public synchronized void setTokens(List<WebhookToken> tokens) {
        this.tokens = new ArrayList<>(Util.fixNull(tokens));
        save();
    }

    Optional<WebhookToken> tokenOf(String token) {
        String hash = WebhookToken.hashOf(token);
        return getTokens().stream().filter(candidate -> candidate.hasHash(hash)).findFirst();
    }

    /** Creates a token, stores its hash, and returns the token once. */
    synchronized String make(String name) {
        String token = WebhookToken.random();
        tokens.add(new WebhookToken(name, WebhookToken.hashOf(token)));
        save();
        return token;
    }

    /**
     * Submits the tokens that the form knows; it does not revoke tokens that were created in the meantime, for example
     * by its button.
     */
    public String getShown() {
        return getTokens().stream().map(WebhookToken::getHash).collect(Collectors.joining(" "));
    }

    @Override
    public synchronized boolean configure(StaplerRequest2 request, JSONObject form) {
        List<String> shown = Arrays.asList(form.optString("shown").split(" "));
        List<WebhookToken> kept = request.bindJSONToList(WebhookToken.class, form.opt("tokens"));
        Stream<WebhookToken> unknown = tokens.stream()
                .filter(token -> !shown.contains(token.getHash()))
                .filter(token -> kept.stream().noneMatch(k -> k.hasHash(token.getHash())));
        setTokens(Stream.concat(kept.stream(), unknown).toList());
        return true;
    }

    /** Whether another plugin uses the URL of this webhook, so that no pushes arrive here. */
    public boolean isAddressTaken() {
        return Jenkins.get().getPlugin("dockerhub-notification") != null;
    }

    /** Handles the form's button: creates a token, and shows it once. */
    @RequirePOST
    public FormValidation doMakeToken(@QueryParameter String newTokenName) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String name = Util.fixEmptyAndTrim(newTokenName);
        if (name == null) {
            return FormValidation.error(Messages.WebhookConfiguration_nameRequired());
        }
        String root = Util.fixNull(Jenkins.get().getRootUrl(), "/");
        String address = root + WebhookEndpoint.URL_NAME + "/" + make(name) + "/";
        return FormValidation.okWithMarkup(Util.escape(Messages.WebhookConfiguration_made(name)) + "<br><code>"
                + Util.escape(address) + "</code>");
    }
}
