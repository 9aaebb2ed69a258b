package io.jenkins.plugins.dockerpromotion.steps;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import hudson.FilePath;
import hudson.remoting.Callable;
import hudson.remoting.VirtualChannel;
import io.jenkins.plugins.dockerpromotion.promotion.PromotionRequest;
import io.jenkins.plugins.dockerpromotion.registry.Operation;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.MasterToSlaveFileCallable;
import jenkins.security.MasterToSlaveCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations go from the controller to agents, and agents return only plain data. */
class PlainDataTest {

    private static final String ROOT = AgentCall.class.getPackageName().replaceFirst("\\.\\w+$", "");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages(ROOT);

    /**
     * Classes of the JDK that only validate themselves when they are deserialized. {@link Serializable} is the content
     * of an attestation: maps and lists of strings.
     */
    private static final Set<Class<?>> PLAIN = Set.of(
            String.class,
            Boolean.class,
            Long.class,
            BigInteger.class,
            List.class,
            ArrayList.class,
            Map.class,
            Pattern.class,
            Serializable.class);

    @Test
    void whatCrossesTheChannelMayRunOnAgentsOnly() {
        classes()
                .that()
                .areAssignableTo(Callable.class)
                .should()
                .beAssignableTo(MasterToSlaveCallable.class)
                .check(CLASSES);
        classes()
                .that()
                .areAssignableTo(FilePath.FileCallable.class)
                .should()
                .beAssignableTo(MasterToSlaveFileCallable.class)
                .check(CLASSES);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(".*SlaveToMaster.*|.*NotReallyRoleSensitive.*|.*ClassFilter.*")
                .check(CLASSES);
    }

    @Test
    void nobodyHandsOutObjectsThatCanBeCalledFromElsewhere() {
        noClasses()
                .should()
                .callMethodWhere(target(nameMatching("export|syncLocalIO"))
                        .and(target(owner(assignableTo(VirtualChannel.class)))))
                .check(CLASSES);
    }

    static List<Class<?>> operations() {
        return CLASSES.stream()
                .filter(c -> c.isAssignableTo(Operation.class) && !c.isInterface())
                .<Class<?>>map(JavaClass::reflect)
                .toList();
    }

    /** A subclass could return any object. */
    @Test
    void operationsHaveNoSubclasses() {
        assertThat(operations()).contains(TagQuery.class, PromotionRequest.class);
        assertThat(operations()).allMatch(c -> Modifier.isFinal(c.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void whatAnAgentAnswersIsData(Class<?> operation) {
        Type result = Stream.of(operation.getGenericInterfaces())
                .map(ParameterizedType.class::cast)
                .filter(type -> type.getRawType() == Operation.class)
                .findFirst()
                .orElseThrow()
                .getActualTypeArguments()[0];
        requirePlain(result, operation.getSimpleName(), new LinkedHashSet<>());
    }

    private static void requirePlain(Type type, String path, Set<Type> seen) {
        if (type instanceof ParameterizedType generic) {
            requirePlain(generic.getRawType(), path, seen);
            for (Type argument : generic.getActualTypeArguments()) {
                requirePlain(argument, path, seen);
            }
            return;
        }
        Class<?> of = (Class<?>) type;
        if (of.isPrimitive() || of.isEnum() || PLAIN.contains(of) || !seen.add(of)) {
            return;
        }
        assertThat(of.getName()).as(path).startsWith(ROOT);
        // No other class can take its place, and its deserialization runs no code of its own.
        assertThat(Modifier.isFinal(of.getModifiers()) || of.isSealed())
                .as(path + ": " + of + " is final")
                .isTrue();
        assertThat(Arrays.stream(of.getDeclaredMethods()).map(Method::getName))
                .as(path + ": " + of)
                .doesNotContain("readObject", "readResolve", "readExternal", "readObjectNoData", "finalize");
        for (Field field : of.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                requirePlain(field.getGenericType(), path + "." + field.getName(), seen);
            }
        }
    }
}
