package io.jenkins.plugins.dockerpromotion.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Summarises the tests of a build and what was left out, from Surefire's reports and the compiled classes.
 * {@code bin/test} runs this file as a program in the project's directory. Its arguments are the reason why a source
 * may not have been built, and the build directories.
 */
final class TestSummary {
    private static final String LEFT_OUT = "left out: ";
    private static final String ABORTED = "^org\\.opentest4j\\.TestAbortedException: |^Assumption failed: ";

    private final List<String> failed = new ArrayList<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private final Set<String> leftOut = new TreeSet<>();
    private int tests;

    public static void main(String[] args) throws Exception {
        List<Path> directories = Stream.of(args).skip(1).map(Path::of).toList();
        TestSummary summary = new TestSummary();
        for (Path directory : directories) {
            summary.read(directory.resolve("surefire-reports"));
        }
        if (summary.tests > 0) { // otherwise the build ended early, and hardly any class exists
            summary.notBuilt(Path.of("src"), directories, args[0]);
        }
        summary.lines().forEach(System.out::println);
        System.exit(summary.failed.isEmpty() && summary.tests > 0 ? 0 : 1);
    }

    /** Adds the reports of a directory. It may be missing: a build can fail before its first test. */
    void read(Path reports) throws Exception {
        for (Path file : files(reports, name -> name.matches("TEST-.*\\.xml"))) {
            Element suite = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(file.toFile())
                    .getDocumentElement();
            elements(suite, "testcase").forEach(this::count);
            elements(suite, "system-out").forEach(out -> announced(out.getTextContent()));
        }
        for (Path file : files(reports, name -> name.endsWith("-output.txt"))) {
            announced(Files.readString(file));
        }
    }

    /** Adds the sources without a class in any of the build directories. */
    void notBuilt(Path sources, List<Path> buildDirectories, String why) throws IOException {
        Path main = sources.resolve("main/java");
        Set<String> packages = unbuilt(main, "classes", buildDirectories).stream()
                .map(source -> shortPackage(main.relativize(source.getParent())))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> classes = unbuilt(sources.resolve("test/java"), "test-classes", buildDirectories).stream()
                .map(TestSummary::className)
                .filter(name -> name.matches(".*(Test|IT)"))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!packages.isEmpty()) {
            leftOut.add("packages " + String.join(", ", packages) + ": " + why);
        }
        if (!classes.isEmpty()) {
            leftOut.add("tests " + String.join(", ", classes) + ": " + why);
        }
    }

    /** Returns the lines of the summary. The last line contains the totals. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        failed.forEach(test -> lines.add("failed: " + test));
        leftOut.forEach(what -> lines.add(LEFT_OUT + what));
        skipped.forEach((what, count) -> lines.add(LEFT_OUT + what + (count == 1 ? "" : " (" + count + " tests)")));
        lines.add("%d passed, %d failed, %d skipped".formatted(passed(), failed.size(), skippedTests()));
        return lines;
    }

    private int passed() {
        return tests - failed.size() - skippedTests();
    }

    private int skippedTests() {
        return skipped.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void count(Element test) {
        tests++;
        String type = test.getAttribute("classname").replaceFirst(".*\\.", "");
        List<Element> problems = Stream.concat(elements(test, "failure"), elements(test, "error"))
                .toList();
        if (!problems.isEmpty()) {
            failed.add(type + "." + test.getAttribute("name") + ": " + reason(problems.get(0)));
        } else {
            elements(test, "skipped").forEach(skip -> skipped.merge(type + ": " + reason(skip), 1, Integer::sum));
        }
    }

    private static String reason(Element problem) {
        String message = problem.getAttribute("message");
        String line = (message.isBlank() ? problem.getTextContent() : message)
                .strip()
                .lines()
                .findFirst()
                .orElse("");
        String reason = line.replaceFirst(ABORTED, "").replaceFirst(ABORTED, "");
        return reason.length() <= 200 ? reason : reason.substring(0, 200) + "...";
    }

    private void announced(String output) {
        output.lines()
                .filter(line -> line.startsWith(LEFT_OUT))
                .forEach(line -> leftOut.add(line.substring(LEFT_OUT.length()).strip()));
    }

    private static List<Path> unbuilt(Path root, String classes, List<Path> buildDirectories) throws IOException {
        return files(root, name -> name.endsWith(".java") && !name.contains("-")).stream()
                .filter(source -> buildDirectories.stream()
                        .map(directory -> directory.resolve(classes).resolve(root.relativize(source)))
                        .noneMatch(built -> Files.exists(built.resolveSibling(className(source) + ".class"))))
                .toList();
    }

    private static String className(Path source) {
        return source.getFileName().toString().replace(".java", "");
    }

    private static String shortPackage(Path folder) {
        return folder.toString()
                .replaceAll("[/\\\\]", ".")
                .replaceFirst("^io\\.jenkins\\.plugins\\.dockerpromotion\\.", "");
    }

    private static List<Path> files(Path directory, Predicate<String> name) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> name.test(file.getFileName().toString()))
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Element> elements(Element parent, String name) {
        return IntStream.range(0, parent.getChildNodes().getLength())
                .mapToObj(parent.getChildNodes()::item)
                .filter(node -> node.getNodeType() == Node.ELEMENT_NODE
                        && node.getNodeName().equals(name))
                .map(Element.class::cast);
    }
}
