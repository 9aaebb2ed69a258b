package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSummaryTest {
    @TempDir
    private Path directory;

    private final TestSummary summary = new TestSummary();

    @Test
    void countsAndNamesWhatTheReportsSay() throws Exception {
        write("TEST-a.FirstTest.xml", """
                <testsuite tests="4" failures="1" errors="1">
                  <testcase classname="a.FirstTest" name="passes"/>
                  <testcase classname="a.FirstTest" name="fails"><failure message="expected 1&#10;but was 2"/></testcase>
                  <testcase classname="a.FirstTest" name="breaks"><error>java.io.IOException: gone&#10;at x</error></testcase>
                  <testcase classname="a.FirstTest" name="off"><skipped message="not on Windows"/></testcase>
                </testsuite>""");
        write("TEST-a.SecondIT.xml", """
                <testsuite tests="2">
                  <testcase classname="a.SecondIT" name="one"><skipped type="org.opentest4j.TestAbortedException"
                    ><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: no docker-registry on PATH
                    at a.SecondIT]]></skipped></testcase>
                  <testcase classname="a.SecondIT" name="two"><skipped type="org.opentest4j.TestAbortedException"
                    message="Assumption failed: no docker-registry on PATH"/></testcase>
                </testsuite>""");

        summary.read(directory);

        assertThat(summary.lines())
                .containsExactly(
                        "failed: FirstTest.fails: expected 1",
                        "failed: FirstTest.breaks: java.io.IOException: gone",
                        "left out: FirstTest: not on Windows",
                        "left out: SecondIT: no docker-registry on PATH (2 tests)",
                        "1 passed, 2 failed, 3 skipped");
    }

    @Test
    void repeatsOnceWhatTestsSayTheyLeftOut() throws Exception {
        write("a.FirstTest-output.txt", "left out: TLS 1.2, for this JDK has none\nother text\n");
        write("TEST-a.SecondTest.xml", """
                <testsuite>
                  <testcase classname="a.SecondTest" name="passes"/>
                  <system-out>left out: TLS 1.2, for this JDK has none
                left out: IPv6, for the loopback has none</system-out>
                </testsuite>""");

        summary.read(directory);

        assertThat(summary.lines())
                .containsExactly(
                        "left out: IPv6, for the loopback has none",
                        "left out: TLS 1.2, for this JDK has none",
                        "1 passed, 0 failed, 0 skipped");
    }

    @Test
    void namesPackagesAndTestsThatNoBuildDirectoryHas() throws Exception {
        String root = "io/jenkins/plugins/dockerpromotion/";
        write("src/main/java/" + root + "steps/FindStep.java", "");
        write("src/main/java/" + root + "version/package-info.java", "");
        write("src/main/java/" + root + "version/Version.java", "");
        write("src/test/java/" + root + "demo/DemoTest.java", "");
        write("src/test/java/" + root + "steps/FindStepTest.java", "");
        write("src/test/java/" + root + "steps/Helper.java", "");
        write("one/classes/" + root + "version/Version.class", "");
        write("two/test-classes/" + root + "demo/DemoTest.class", "");

        summary.notBuilt(
                directory.resolve("src"), List.of(directory.resolve("one"), directory.resolve("two")), "needs Jenkins");

        assertThat(summary.lines())
                .containsExactly(
                        "left out: packages steps: needs Jenkins",
                        "left out: tests FindStepTest: needs Jenkins",
                        "0 passed, 0 failed, 0 skipped");
    }

    @Test
    void aBuildThatEndedBeforeItsTestsHasNone() throws Exception {
        summary.read(directory.resolve("surefire-reports"));

        assertThat(summary.lines()).containsExactly("0 passed, 0 failed, 0 skipped");
    }

    private void write(String name, String content) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
