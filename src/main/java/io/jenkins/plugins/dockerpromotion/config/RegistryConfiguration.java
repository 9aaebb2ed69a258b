package io.jenkins.plugins.dockerpromotion.config;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.dockerpromotion.credentials.CredentialsForm;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Certificates;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Origin;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** A registry with special settings, such as another address, plain http, or a private certificate authority. */
public final class RegistryConfiguration extends AbstractDescribableImpl<RegistryConfiguration> {

    private final String host;
    private final String address;
    private String apiAddress;
    private String certificateAuthority;
    private String credentialsId;
    private Integer pageSize;
    private volatile List<String> tokenServices = new ArrayList<>();
    private String mountFrom;

    /**
     * @param host as in image names; {@code docker.io} for Docker Hub
     * @param address the address of its registry API, such as {@code http://registry.example.com:5000}
     */
    @DataBoundConstructor
    public RegistryConfiguration(String host, String address) {
        this.host = Util.fixEmptyAndTrim(host);
        this.address = Util.fixEmptyAndTrim(address);
    }

    public String getHost() {
        return host;
    }

    public String getAddress() {
        return address;
    }

    /** The address of Docker Hub's own API, for a mirror or a simulation of Docker Hub. */
    public String getApiAddress() {
        return apiAddress;
    }

    @DataBoundSetter
    public void setApiAddress(String apiAddress) {
        this.apiAddress = Util.fixEmptyAndTrim(apiAddress);
    }

    /** PEM text of an additional certificate authority to trust. */
    public String getCertificateAuthority() {
        return certificateAuthority;
    }

    @DataBoundSetter
    public void setCertificateAuthority(String certificateAuthority) {
        this.certificateAuthority = Util.fixEmptyAndTrim(certificateAuthority);
    }

    /** The default credentials for steps that name none; {@code null} for none. */
    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    /** Number of tags to request at once; {@code null} for the registry's default. */
    public Integer getPageSize() {
        return pageSize;
    }

    /** @throws IllegalArgumentException in one line, if it is out of range */
    @DataBoundSetter
    public void setPageSize(Integer pageSize) {
        this.pageSize = limitOfPages(host).checked(pageSize);
    }

    /** Hosts on other domains that may issue tokens for this registry, and therefore receive its credentials. */
    public List<String> getTokenServices() {
        return tokenServices == null ? List.of() : List.copyOf(tokenServices);
    }

    /**
     * @param tokenServices each may hold several, with commas or blanks between them, as the form's text does
     * @throws IllegalArgumentException in one line, if one of them is no host
     */
    @DataBoundSetter
    public void setTokenServices(List<String> tokenServices) {
        this.tokenServices = new ArrayList<>(parseHosts(String.join(" ", Util.fixNull(tokenServices))));
    }

    /** The same as the form shows them, a line each. */
    public String getTokenServicesText() {
        return String.join("\n", getTokenServices());
    }

    /** The repository of this registry that may already contain layers to mount; {@code null} for none. */
    public String getMountFrom() {
        return mountFrom;
    }

    @DataBoundSetter
    public void setMountFrom(String mountFrom) {
        this.mountFrom = Util.fixEmptyAndTrim(mountFrom);
    }

    private static List<String> parseHosts(String text) {
        List<String> hosts = FormFields.words(text);
        hosts.forEach(ImageName::parseHost);
        return hosts;
    }

    private static Limit limitOfPages(String host) {
        return isAt(host, ImageName.DOCKER_HUB) ? Limit.DOCKER_HUB_PAGE_SIZE : Limit.PAGE_SIZE;
    }

    boolean isAt(String registry) {
        return isAt(host, registry);
    }

    /** Whether a host is this registry; false if it is not a valid host. */
    private static boolean isAt(String entered, String registry) {
        try {
            return ImageName.parseHost(entered).equals(registry);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** @throws IllegalArgumentException in one line, if the settings are not valid */
    RegistryLocation location() {
        String name = ImageName.parseHost(host);
        RegistryLocation usual = RegistryLocation.usual(name);
        URI registry = address == null ? usual.registry() : parseAddress(address);
        URI api = apiAddress == null ? usual.api() : parseAddress(apiAddress);
        if (certificateAuthority != null) {
            Certificates.parse(certificateAuthority);
        }
        Integer tags = limitOfPages(host).checked(pageSize);
        return new RegistryLocation(
                name,
                registry,
                api,
                Util.fixNull(certificateAuthority),
                tags == null ? 0 : tags,
                getTokenServices(),
                mountFrom == null ? "" : parseRepository(name, mountFrom));
    }

    private static String parseRepository(String host, String path) {
        return ImageName.parse(ImageName.parseHost(host) + "/" + path).path();
    }

    private static URI parseAddress(String text) {
        try {
            URI uri = new URI(text);
            Origin.of(uri);
            boolean bare = uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
            if (bare && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"))) {
                return uri;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // Reported below without the entered text, which may contain a password.
        }
        throw new IllegalArgumentException("an address must be https:// or http:// with a host and an optional port");
    }

    /** Form of one registry. */
    @Extension
    public static final class DescriptorImpl extends Descriptor<RegistryConfiguration> {

        @Override
        public String getDisplayName() {
            return Messages.RegistryConfiguration_displayName();
        }

        @RequirePOST
        public FormValidation doCheckHost(@QueryParameter String value) {
            FormValidation result = FormFields.ofAdministrator(value, ImageName::parseHost);
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.RegistryConfiguration_required())
                    : result;
        }

        @RequirePOST
        public FormValidation doCheckAddress(@QueryParameter String value) {
            FormValidation result = FormFields.ofAdministrator(value, RegistryConfiguration::parseAddress);
            return result.kind == FormValidation.Kind.OK
                            && Util.fixNull(value).trim().startsWith("http:")
                    ? FormValidation.warning(Messages.RegistryConfiguration_plainHttp())
                    : result;
        }

        @RequirePOST
        public FormValidation doCheckApiAddress(@QueryParameter String value) {
            return FormFields.ofAdministrator(value, RegistryConfiguration::parseAddress);
        }

        @RequirePOST
        public FormValidation doCheckCertificateAuthority(@QueryParameter String value) {
            return FormFields.ofAdministrator(value, Certificates::parse);
        }

        @RequirePOST
        public ListBoxModel doFillCredentialsIdItems(
                @QueryParameter String credentialsId, @QueryParameter String host) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return CredentialsForm.items(null, credentialsId, host);
        }

        @RequirePOST
        public FormValidation doCheckCredentialsId(@QueryParameter String value, @QueryParameter String host) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return CredentialsForm.check(null, value, host);
        }

        @RequirePOST
        public FormValidation doCheckTokenServices(@QueryParameter String value) {
            return FormFields.ofAdministrator(value, RegistryConfiguration::parseHosts);
        }

        @RequirePOST
        public FormValidation doCheckMountFrom(@QueryParameter String value, @QueryParameter String host) {
            return FormFields.ofAdministrator(value, repository -> parseRepository(host, repository));
        }

        @RequirePOST
        public FormValidation doCheckPageSize(@QueryParameter String value, @QueryParameter String host) {
            return limitOfPages(host).check(value);
        }
    }
}
