package io.jenkins.plugins.dockerpromotion.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.CredentialsStore;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.domains.HostnameSpecification;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.AbortException;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AuthorizationStrategy;
import hudson.security.SecurityRealm;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.controller.WithController;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import java.util.HashMap;
import java.util.List;
import jenkins.authentication.tokens.api.AuthenticationTokenException;
import jenkins.authentication.tokens.api.AuthenticationTokenSource;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.docker.commons.credentials.DockerRegistryToken;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;

@WithController
class RegistryCredentialsTest {

    private static final String REGISTRY = "registry.example.com:5000";

    private static JenkinsRule jenkins;
    private static FreeStyleProject job;
    private static Run<?, ?> run;

    @BeforeAll
    static void build(JenkinsRule rule) throws Exception {
        jenkins = rule;
        job = jenkins.createFreeStyleProject("job");
        run = jenkins.buildAndAssertSuccess(job);
    }

    @BeforeEach
    void credentials() throws Exception {
        jenkins.jenkins.setSecurityRealm(SecurityRealm.NO_AUTHENTICATION);
        jenkins.jenkins.setAuthorizationStrategy(AuthorizationStrategy.UNSECURED);
        SystemCredentialsProvider.getInstance().setDomainCredentialsMap(new HashMap<>());
        add(Domain.global(), login("login", "bob", "s3cret"));
        add(Domain.global(), text("token", " t0ken\n"));
        add(Domain.global(), new ExchangedCredentials("exchanged", "QVdTOmxvbmdUb2tlbg=="));
        add(Domain.global(), new ExchangedCredentials("odd", "%%%"));
        add(
                Domain.global(),
                new FileCredentialsImpl(
                        CredentialsScope.GLOBAL, "file", "", "key.json", SecretBytes.fromBytes(new byte[] {1})));
        add(
                new Domain("other", "", List.of(new HostnameSpecification("other.example.com", ""))),
                login("limited", "eve", "0ther"));
    }

    @Test
    void eachKindIsShownToTheRegistryInItsWay() throws Exception {
        assertThat(find("login")).isEqualTo(new RegistryAuthentication.Basic("bob", "s3cret"));
        assertThat(find("token")).isEqualTo(new RegistryAuthentication.Bearer("t0ken"));
        assertThat(find("exchanged")).isEqualTo(new RegistryAuthentication.Basic("AWS", "longToken"));
        assertThat(find(" ")).isEqualTo(RegistryAuthentication.ANONYMOUS);
        assertThat(find(null)).isEqualTo(RegistryAuthentication.ANONYMOUS);
    }

    @Test
    void credentialsOfAnotherHostAreNotUsed() throws Exception {
        assertThat(RegistryCredentials.find(run, "limited", "other.example.com"))
                .isEqualTo(new RegistryAuthentication.Basic("eve", "0ther"));
        assertFails("limited", "there are none with this id that job may use for this registry");
    }

    @Test
    void failuresSayWhatToDoInOneLine() {
        assertFails(
                "nowhere",
                "there are none with this id that job may use for this registry; create them as a username and"
                        + " password, a secret text (an access token), or credentials that another plugin converts to"
                        + " a registry login, or correct the id, their scope or the host names of their domain");
        assertFails("file", "they are of the kind 'Secret file'; use a username and password, a secret text");
        assertFails("odd", "their plugin provides a token that is not base64; correct them");
    }

    @Test
    void whatNoRegistryCanBeShownIsAFailureWithoutTheSecret() throws Exception {
        add(Domain.global(), login("colon", "a:b", "s3cret"));
        add(Domain.global(), text("words", "two words"));
        assertFails("colon", "a username must not contain a colon; correct them");
        assertFails("words", "an access token must be one word of visible ASCII characters; correct them");
    }

    @Test
    void someStepsTakeUserNameAndPasswordOnly() throws Exception {
        assertThat(RegistryCredentials.findUsernamePassword(run, "login", ""))
                .isEqualTo(new RegistryAuthentication.Basic("bob", "s3cret"));
        assertThatExceptionOfType(AbortException.class)
                .isThrownBy(() -> RegistryCredentials.findUsernamePassword(run, "token", ""))
                .withMessage("Cannot use the credentials 'token' for docker.io: they are of the kind"
                        + " 'Secret text'; use a username and password");
        assertThatExceptionOfType(AbortException.class)
                .isThrownBy(() -> RegistryCredentials.findUsernamePassword(run, "", ""))
                .withMessageStartingWith("No credentials are given: set credentialsId to the id of a username");
    }

    @Test
    void theirUseIsRecorded() throws Exception {
        find("login");
        StandardCredentials login = CredentialsProvider.findCredentialById("login", StandardCredentials.class, run);
        assertThat(CredentialsProvider.getOrCreateFingerprintOf(login).getJobs())
                .contains("job");
    }

    @Test
    void formsListWhatFits() throws Exception {
        add(
                Domain.global(),
                new UsernamePasswordCredentialsImpl(CredentialsScope.SYSTEM, "for-jenkins-alone", "", "ci", "s3cret"));
        assertThat(CredentialsForm.items(job, "login", REGISTRY))
                .extracting(option -> option.value)
                .containsExactlyInAnyOrder("", "login", "token", "exchanged", "odd");
        assertThat(CredentialsForm.items(null, "", "other.example.com"))
                .extracting(option -> option.value)
                .contains("limited")
                .doesNotContain("for-jenkins-alone");
        assertThat(CredentialsForm.check(null, "for-jenkins-alone", REGISTRY).kind)
                .isEqualTo(FormValidation.Kind.ERROR);
        assertThat(CredentialsForm.usernamePasswordItems(job, "gone", REGISTRY))
                .extracting(option -> option.value)
                .containsExactlyInAnyOrder("", "login", "gone");
    }

    @Test
    void formsCheckTheValue() {
        assertThat(CredentialsForm.check(job, "login", REGISTRY).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(CredentialsForm.check(job, "", REGISTRY).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(CredentialsForm.check(job, "${CREDENTIALS}", REGISTRY).kind).isEqualTo(FormValidation.Kind.OK);
        assertThat(CredentialsForm.check(job, "file", REGISTRY).kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(CredentialsForm.check(null, "limited", REGISTRY)).hasMessageContaining("&#039;limited&#039;");
        assertThat(CredentialsForm.checkUsernamePassword(job, "token", "").kind).isEqualTo(FormValidation.Kind.ERROR);
        assertThat(CredentialsForm.checkUsernamePassword(job, "", "")).hasMessageContaining("Select a username");
    }

    @Test
    void formsTellNothingToThoseWhoMayNotAsk() {
        jenkins.jenkins.setSecurityRealm(jenkins.createDummySecurityRealm());
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader")
                .grant(Jenkins.READ, Item.READ, Item.EXTENDED_READ)
                .everywhere()
                .to("editor"));
        try (ACLContext ignored = ACL.as2(User.getById("reader", true).impersonate2())) {
            for (Item item : new Item[] {job, null}) {
                assertThat(CredentialsForm.items(item, "current", REGISTRY))
                        .extracting(option -> option.value)
                        .containsExactly("current");
                assertThat(CredentialsForm.check(item, "nowhere", REGISTRY).kind)
                        .isEqualTo(FormValidation.Kind.OK);
            }
        }
        try (ACLContext ignored = ACL.as2(User.getById("editor", true).impersonate2())) {
            ListBoxModel items = CredentialsForm.items(job, "", REGISTRY);
            assertThat(items).extracting(option -> option.value).contains("login");
        }
    }

    private RegistryAuthentication find(String id) throws AbortException {
        return RegistryCredentials.find(run, id, REGISTRY);
    }

    private void assertFails(String id, String why) {
        assertThatExceptionOfType(AbortException.class)
                .isThrownBy(() -> find(id))
                .withMessageStartingWith(
                        "Cannot use the credentials '" + id + "' for registry.example.com:5000: " + why)
                .withMessageNotContainingAny("s3cret", "two words", "%%%", "\n");
    }

    private static StandardCredentials login(String id, String username, String password) throws Exception {
        return new UsernamePasswordCredentialsImpl(CredentialsScope.GLOBAL, id, "", username, password);
    }

    private static StandardCredentials text(String id, String secret) {
        return new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(secret));
    }

    private void add(Domain domain, StandardCredentials credentials) throws Exception {
        CredentialsStore store =
                CredentialsProvider.lookupStores(jenkins.jenkins).iterator().next();
        store.addDomain(domain);
        store.addCredentials(domain, credentials);
    }

    /** Credentials that are exchanged for a registry login, such as those of cloud provider plugins. */
    public static final class ExchangedCredentials extends BaseStandardCredentials {

        private static final long serialVersionUID = 1L;

        private final String token;

        ExchangedCredentials(String id, String token) {
            super(CredentialsScope.GLOBAL, id, "");
            this.token = token;
        }

        @TestExtension
        public static final class DescriptorImpl extends BaseStandardCredentialsDescriptor {
            @Override
            public String getDisplayName() {
                return "Exchanged";
            }
        }

        @TestExtension
        public static final class Source extends AuthenticationTokenSource<DockerRegistryToken, ExchangedCredentials> {
            public Source() {
                super(DockerRegistryToken.class, ExchangedCredentials.class);
            }

            @Override
            public DockerRegistryToken convert(ExchangedCredentials credentials) throws AuthenticationTokenException {
                return new DockerRegistryToken("nobody@example.com", credentials.token);
            }
        }
    }
}
