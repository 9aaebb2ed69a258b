package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that the plugin's POM, its parent and the Jenkins-free POM use the same versions. */
class PomsAgreeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();

    private final Pom plugin = Pom.read(ROOT.resolve("pom.xml"));
    private final Pom jenkinsFree = Pom.read(ROOT.resolve(".mvn/jenkins-free/pom.xml"));

    @Test
    void pluginAndJenkinsFreePartAgree() {
        Map<String, String> common = common(plugin);

        assertThat(common)
                .containsKeys("archunit.version", "com.tngtech.archunit:archunit", "org.assertj:assertj-core");
        assertThat(jenkinsFree.versions()).containsAllEntriesOf(common);
    }

    @Test
    void parentAndJenkinsFreePartAgree() throws Exception {
        Map<String, String> common = common(parent());

        assertThat(common)
                .containsKeys(
                        "junit.version",
                        "maven.compiler.release",
                        "maven-surefire-plugin.version",
                        "org.junit:junit-bom",
                        "org.apache.maven.plugins:maven-compiler-plugin",
                        "com.diffplug.spotless:spotless-maven-plugin");
        assertThat(jenkinsFree.versions()).containsAllEntriesOf(common);
    }

    @Test
    void sourcesAreFormattedAlike() throws Exception {
        assertThat(jenkinsFree.formatting()).isNotBlank().isEqualTo(parent().formatting());
    }

    @Test
    void theMavenFetchedIsTheOneTheParentAsksForOrLater() throws Exception {
        String script = Files.readString(ROOT.resolve("bin/mvn"));
        Version needed = Version.parse(first("(?m)^needed=(.*)$", script));
        Version fetched = Version.parse(first("(?m)^fetched=(.*)$", script));

        assertThat(fetched).isGreaterThanOrEqualTo(needed);
        assertThat(needed)
                .isEqualTo(Version.parse(
                        first("<requireMavenVersion>\\s*<version>\\[([^,]*),\\)", Files.readString(parentFile()))));
    }

    /**
     * At run time the plugin uses the Jackson that is installed, so the Jenkins-free part must not be built with a
     * later one.
     */
    @Test
    void theJacksonOnTheClassPathIsTheOneNamedOrALaterOne() {
        Version named = Version.parse(jenkinsFree.versions().get("com.fasterxml.jackson.core:jackson-databind"));
        Version present = Version.parse(PackageVersion.VERSION.toString());

        assertThat(present).isGreaterThanOrEqualTo(named);
        assertThat(present.toString()).startsWith(named.toString().replaceFirst("\\..*", "."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"main", "test"})
    void theSmallPomBuildsEachPackageThatIsFreeOfJenkins(String half) {
        Stream<String> ofTests =
                half.equals("test") ? Stream.of("bench", "build", "demo", "pipelineunit", "testing") : Stream.of();
        String[] expected = Stream.concat(ArchitectureTest.jenkinsFreePackages().stream(), ofTests)
                .map(name -> ArchitectureTest.ROOT.replace('.', '/') + "/" + name + "/**")
                .toArray(String[]::new);

        assertThat(jenkinsFree.texts(
                        half.equals("test")
                                ? "//testIncludes/testInclude"
                                : "//plugin/configuration/includes/include[starts-with(., 'io/')]"))
                .containsExactlyInAnyOrder(expected);
        assertThat(jenkinsFree.texts(
                        half.equals("test") ? "//testResource/includes/include" : "//resource/includes/include"))
                .containsExactlyInAnyOrder(expected);
    }

    /** Returns the entries that both this POM and the Jenkins-free POM have, with the versions of this POM. */
    private Map<String, String> common(Pom pom) {
        Map<String, String> common = new TreeMap<>(pom.versions());
        common.keySet().retainAll(jenkinsFree.versions().keySet());
        common.remove("project.build.directory");
        return common;
    }

    private Pom parent() {
        return Pom.read(parentFile());
    }

    private Path parentFile() {
        String version = plugin.texts("/project/parent/version").get(0);
        Path file = Path.of(
                System.getProperty("localRepository", ""),
                "org/jenkins-ci/plugins/plugin/" + version + "/plugin-" + version + ".pom");
        assumeTrue(Files.exists(file), "the parent POM is not in the local Maven repository");
        return file;
    }

    private static String first(String regex, String text) {
        Matcher matcher = Pattern.compile(regex).matcher(text);
        assertThat(matcher.find()).as(regex).isTrue();
        return matcher.group(1);
    }
}
