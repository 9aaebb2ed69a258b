package io.jenkins.plugins.dockerpromotion.build;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that the scripts in {@code bin} print one line for each problem before they call Maven. */
class ScriptsTest {

    @TempDir
    Path directory;

    private record Ended(int status, String output) {}

    @BeforeEach
    void onlyWhereThereIsAShell() {
        assumeTrue(File.separatorChar == '/', "the scripts need a POSIX shell");
    }

    @Test
    void nameAnOptionThatDoesNotExistWhereverItStands() throws Exception {
        for (String script : List.of("test", "demo", "fuzz", "bench", "pictures")) {
            assertThat(run(Map.of(), "bin/" + script, "--frob").output())
                    .startsWith("bin/" + script + ": there is no option")
                    .contains("--frob");
        }
        assertThat(run(Map.of(), "bin/test", "ImageNameTest", "--frob").output())
                .contains("no option --frob");
    }

    @Test
    void nameATestThatDoesNotExistOrNeedsJenkins() throws Exception {
        assertThat(run(Map.of(), "bin/test", "NoSuchTest", "--jenkins-free").output())
                .contains("there is no test NoSuchTest");
        assertThat(run(Map.of(), "bin/test", "--jenkins-free", "FormsTest").output())
                .contains("FormsTest needs Jenkins");
    }

    @Test
    void sayThatJavaOrMavenIsMissing() throws Exception {
        assertThat(run(Map.of("JAVA_HOME", directory.toString()), "bin/test").output())
                .contains("JAVA_HOME is " + directory);
        Path tools = Files.createDirectory(directory.resolve("tools"));
        for (String tool : List.of("sh", "dirname", "basename", "readlink", "sed", "mkdir", "cat")) {
            Files.createSymbolicLink(tools.resolve(tool), which(tool));
        }
        Map<String, String> bare = Map.of("PATH", tools.toString(), "JAVA_HOME", "");
        assertThat(run(bare, which("sh").toString(), "bin/test").output()).contains("java is not on PATH");
        Map<String, String> withoutMaven =
                Map.of("PATH", tools.toString(), "JAVA_HOME", System.getProperty("java.home"));
        assertThat(run(withoutMaven, which("sh").toString(), "bin/test").output())
                .contains("mvn is not on PATH");
    }

    @Test
    void runThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(
                directory.resolve("run-tests"), Path.of("bin/test").toAbsolutePath());

        Ended ended = run(Map.of(), link.toString(), "--help");

        assertThat(ended.status()).isZero();
        assertThat(ended.output()).startsWith("usage: bin/test");
    }

    private static Ended run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static Path which(String command) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .map(folder -> Path.of(folder, command))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
