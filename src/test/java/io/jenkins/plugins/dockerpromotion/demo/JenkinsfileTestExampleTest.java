package io.jenkins.plugins.dockerpromotion.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/**
 * Builds and runs {@code docs/examples/jenkinsfile-test} as its users do: in its directory, with only those test
 * classes of this project that pom.xml puts into the jar {@code pipeline-unit}.
 */
class JenkinsfileTestExampleTest {

    private static final Path EXAMPLE = Path.of("docs/examples/jenkinsfile-test");
    private static final String JAR = "//plugin[artifactId='maven-jar-plugin']//";

    @TempDir
    Path directory;

    private Path jar;
    private Path built;

    @BeforeEach
    void prepare() throws IOException {
        jar = Files.createDirectory(directory.resolve("pipeline-unit"));
        built = Files.createDirectory(directory.resolve("test-classes"));
    }

    @Test
    void itsTestsPass() throws Exception {
        packPipelineUnit();
        List<Path> sources = files(EXAMPLE.resolve("src/test/java"));
        compile(sources);

        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "-cp",
                classPath(),
                TestLauncher.class.getName()));
        sources.forEach(source -> command.add(source.getFileName().toString().replace(".java", "")));
        Process tests = new ProcessBuilder(command)
                .directory(EXAMPLE.toFile())
                .redirectErrorStream(true)
                .start();
        tests.getOutputStream().close();
        String said = new String(tests.getInputStream().readAllBytes(), UTF_8);

        assertThat(tests.waitFor()).as(said).isZero();
        assertThat(said).contains("6 tests passed");
    }

    private void packPipelineUnit() throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
        List<String> includes = texts(pom, JAR + "include");
        List<String> excludes = texts(pom, JAR + "exclude");
        assertThat(includes).isNotEmpty();
        Path classes = ownTestClasses();
        for (Path file : files(classes)) {
            Path name = classes.relativize(file);
            if (matches(name, includes) && !matches(name, excludes)) {
                Path copy = jar.resolve(name.toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path launcher = Path.of(TestLauncher.class.getName().replace('.', '/') + ".class");
        Files.createDirectories(built.resolve(launcher).getParent());
        Files.copy(classes.resolve(launcher), built.resolve(launcher));
    }

    private static boolean matches(Path name, List<String> patterns) {
        return patterns.stream()
                .map(pattern -> FileSystems.getDefault().getPathMatcher("glob:" + pattern))
                .anyMatch(matcher -> matcher.matches(name));
    }

    private static List<String> texts(Document pom, String xpath) throws Exception {
        NodeList found = (NodeList) XPathFactory.newInstance().newXPath().evaluate(xpath, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            texts.add(found.item(i).getTextContent());
        }
        return texts;
    }

    private void compile(List<Path> sources) {
        List<String> arguments = new ArrayList<>(List.of("-Xlint:all", "-cp", classPath(), "-d", built.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    /** Returns this test's class path, with the jar instead of this project's test classes. */
    private String classPath() {
        Set<String> others = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).normalize().equals(ownTestClasses()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return Stream.concat(Stream.of(built.toString(), jar.toString()), others.stream())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path ownTestClasses() {
        URL location = TestLauncher.class.getProtectionDomain().getCodeSource().getLocation();
        return Path.of(URI.create(location.toString())).normalize();
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
