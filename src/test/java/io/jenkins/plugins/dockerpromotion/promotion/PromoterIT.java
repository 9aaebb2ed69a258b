package io.jenkins.plugins.dockerpromotion.promotion;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.ProxySettings;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.Timing;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Timekeeper;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.testing.AccessRules;
import io.jenkins.plugins.dockerpromotion.testing.DockerRegistryProcess;
import io.jenkins.plugins.dockerpromotion.testing.Skopeo;
import io.jenkins.plugins.dockerpromotion.testing.TestCertificates;
import io.jenkins.plugins.dockerpromotion.testing.TestHttp;
import io.jenkins.plugins.dockerpromotion.testing.TestImage;
import io.jenkins.plugins.dockerpromotion.testing.TokenServer;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Finds and promotes on the CNCF registry itself, and asks skopeo what it sees there. */
class PromoterIT {

    private static final Basic USER = new Basic(DockerRegistryProcess.USER, DockerRegistryProcess.PASSWORD);
    private static final TestImage IMAGE =
            TestImage.dockerList(TestImage.docker(1), TestImage.docker(2).withPlatform("linux", "arm64"));

    @BeforeAll
    static void needsServers() {
        DockerRegistryProcess.assumeAvailable(PromoterIT.class);
        Skopeo.assumeAvailable(PromoterIT.class);
    }

    @Test
    void promotesOnARegistryWithPasswords() throws Exception {
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().htpasswd().start()) {
            TestHttp http = TestHttp.to(registry.uri()).basic(USER.username(), USER.password());
            findAndPromote(registry, http, Optional.empty());
        }
    }

    @Test
    void promotesOnARegistryWithTokens() throws Exception {
        AccessRules rules = new AccessRules().user(USER.username(), USER.password());
        try (TokenServer tokens =
                        TokenServer.signing(rules, TestCertificates.shared().signer());
                DockerRegistryProcess registry =
                        DockerRegistryProcess.builder().tokens(tokens).start()) {
            findAndPromote(registry, withToken(registry, tokens), Optional.empty());
        }
    }

    @Test
    void promotesOnARegistryWithACertificateOfAnAuthorityOfItsOwn() throws Exception {
        TestCertificates certificates = TestCertificates.shared();
        try (DockerRegistryProcess registry =
                DockerRegistryProcess.builder().htpasswd().tls(certificates).start()) {
            TestHttp http =
                    TestHttp.to(registry.uri(), certificates.clientContext()).basic(USER.username(), USER.password());
            findAndPromote(registry, http, Optional.of(certificates.caPem()));
        }
    }

    private static void findAndPromote(DockerRegistryProcess registry, TestHttp http, Optional<Path> authority)
            throws Exception {
        http.push("group/app", "2017.2.103", IMAGE);
        http.push("group/app", "2017.2.1030", TestImage.docker(3));
        http.push("group/app", "latest", TestImage.docker(3));
        RegistryContext context = context(authority, registry);
        ImageName image = registry.image("group/app");

        TagQuery finder = TagQuery.ofBuild(image, TagPattern.of("{year}.{week}.{build}"), BigInteger.valueOf(103));
        List<Tag> found = finder.with(USER).run(context).tags();
        assertThat(found).containsExactly(new Tag("2017.2.103"));

        PromotionRequest.Options options = new PromotionRequest.Options(false, true, false);
        PromotionRequest.of(image, found.get(0), image, List.of("{tag}-rc", "latest"), options)
                .with(USER, USER)
                .run(context);
        int before = registry.accessLog().size();
        ImageName stable = registry.image("stable/app");
        PromotionRequest.of(image, found.get(0), stable, List.of("{tag}"), options)
                .with(USER, USER)
                .run(context);

        assertSkopeoSees(registry, authority, "group/app:2017.2.103-rc", "group/app:latest", "stable/app:2017.2.103");
        assertThat(registry.accessLog().subList(before, registry.accessLog().size()))
                .as("layers are mounted, not moved")
                .anyMatch(r -> r.startsWith("\"POST /v2/stable/app/blobs/uploads/?mount="))
                .noneMatch(r -> r.startsWith("\"GET /v2/group/app/blobs/"))
                .noneMatch(r -> r.startsWith("\"PATCH ") || r.startsWith("\"PUT /v2/stable/app/blobs/"));
    }

    /** A client that may do everything there, with a token fetched as docker does it. */
    private static TestHttp withToken(DockerRegistryProcess registry, TokenServer tokens) throws IOException {
        String token = TestHttp.to(tokens.uri())
                .basic(USER.username(), USER.password())
                .json("/token?service=docker-registry-process&scope=repository:group/app:pull,push")
                .get("token")
                .asText();
        return TestHttp.to(registry.uri()).bearer(token);
    }

    private static RegistryContext context(Optional<Path> authority, DockerRegistryProcess registry)
            throws IOException {
        String pem = authority.isPresent() ? Files.readString(authority.get()) : "";
        RegistryLocation location = new RegistryLocation(registry.host(), registry.uri(), registry.uri(), pem);
        return new RegistryContext(
                new Network(List.of(location), ProxySettings.NONE, Timing.DEFAULT), Timekeeper.SYSTEM, Notices.NONE);
    }

    private static void assertSkopeoSees(DockerRegistryProcess registry, Optional<Path> authority, String... images)
            throws Exception {
        Skopeo skopeo = authority
                .map(Skopeo.ANONYMOUS::trusting)
                .orElse(Skopeo.ANONYMOUS)
                .basic(USER.username(), USER.password());
        for (String image : images) {
            assertThat(skopeo.digest(registry.host() + "/" + image)).as(image).isEqualTo(IMAGE.digest());
        }
    }
}
