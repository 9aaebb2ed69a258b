package io.jenkins.plugins.dockerpromotion.build;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the imports of each package: dependencies point inward. */
class ArchitectureTest {
    static final String ROOT = "io.jenkins.plugins.dockerpromotion";

    private static final List<String> JDK = List.of("java..", "javax.crypto..", "javax.net..", "javax.security..");
    private static final List<String> JACKSON = List.of("com.fasterxml.jackson..");
    private static final List<String> HTTP_CLIENT = List.of("org.apache.hc..");
    private static final List<String> SIGSTORE = List.of("dev.sigstore..", "org.bouncycastle..");
    private static final List<String> JENKINS =
            List.of("hudson..", "jenkins..", "org.jenkinsci..", "org.kohsuke.stapler..");

    /** The allowed imports of each package. All packages in this table are free of Jenkins. */
    private static final Map<String, List<String>> MAY_IMPORT = new TreeMap<>(Map.of(
            "registry.http", union(JDK, JACKSON, HTTP_CLIENT),
            "registry", union(JDK, JACKSON, ours("registry.http")),
            "notification", union(JDK, ours("attachment", "registry..", "version")),
            "version", JDK,
            "attachment", union(JDK, JACKSON, SIGSTORE, ours("registry..")),
            "tags", union(JDK, JACKSON, ours("attachment", "registry..", "version")),
            "promotion", union(JDK, JACKSON, ours("attachment", "registry..", "tags", "version")),
            "dockerconfig", union(JDK, JACKSON, ours("registry..", "version")),
            "dockerhost", union(JDK, ours("registry.."))));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages(ROOT);

    static Stream<String> packages() {
        return MAY_IMPORT.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void importsOnlyWhatIsFurtherIn(String name) {
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        union(MAY_IMPORT.get(name), ours(name)).toArray(String[]::new)))
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void importsNothingOfJenkins(String name) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(JENKINS.toArray(String[]::new)))
                .check(CLASSES);
    }

    @Test
    void nobodyImportsTheSteps() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".steps..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".steps..")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /** Script Security is optional: the only class that needs it is loaded only if that plugin is installed. */
    @Test
    void oneClassNeedsScriptSecurity() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".config.ApprovalMonitor")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.jenkinsci.plugins.scriptsecurity..")
                .check(CLASSES);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".config.ApprovalMonitor")
                .and()
                .resideOutsideOfPackage(ROOT + ".config")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName(ROOT + ".config.ApprovalMonitor")
                .check(CLASSES);
    }

    /** Verification with keys must not load Sigstore, on controller or agent. */
    @Test
    void oneClassNeedsSigstore() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + ".attachment.Keyless")
                .should()
                .dependOnClassesThat(resideInAnyPackage(SIGSTORE.toArray(String[]::new)))
                .check(CLASSES);
    }

    /** Returns the top-level packages in the table. The Jenkins-free POM has to build them. */
    static Set<String> jenkinsFreePackages() {
        return MAY_IMPORT.keySet().stream()
                .map(name -> name.replaceFirst("\\..*", ""))
                .collect(Collectors.toSet());
    }

    private static List<String> ours(String... names) {
        return Stream.of(names).map(name -> ROOT + "." + name).toList();
    }

    @SafeVarargs
    private static List<String> union(List<String>... lists) {
        return Stream.of(lists).flatMap(List::stream).toList();
    }
}
