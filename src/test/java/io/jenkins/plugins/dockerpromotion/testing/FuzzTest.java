package io.jenkins.plugins.dockerpromotion.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs every target of {@code bin/fuzz} with its stored inputs, which include former failures, and with random variants
 * of them. The random seed is fixed.
 */
class FuzzTest {

    private static final Path SOURCES = Path.of("src/test/java");
    private static final Path INPUTS = Path.of("src/test/fuzz");
    private static final int VARIANTS = 300;

    static List<Path> targets() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(f -> f.toString().endsWith("Fuzz.java"))
                    .map(SOURCES::relativize)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void takesWhateverComes(Path target) throws Exception {
        String name = target.getFileName().toString().replace(".java", "");
        List<Path> inputs;
        try (Stream<Path> files = Files.list(INPUTS.resolve(name))) {
            inputs = files.sorted().toList();
        }
        assertThat(inputs).isNotEmpty();
        Class<?> fuzz = Class.forName(target.toString().replace(".java", "").replaceAll("[/\\\\]", "."));
        Random random = new Random(1);
        for (Path input : inputs) {
            byte[] bytes = Files.readAllBytes(input);
            run(fuzz, bytes, input.toString());
            for (int i = 0; i < VARIANTS; i++) {
                run(fuzz, variant(bytes, random), "variant " + i + " of " + input);
            }
        }
    }

    private static void run(Class<?> fuzz, byte[] input, String what) throws ReflectiveOperationException {
        try {
            fuzz.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
        } catch (InvocationTargetException e) {
            throw new AssertionError(what + ": " + Arrays.toString(input), e.getCause());
        }
    }

    /** Changes, removes or repeats some bytes. */
    private static byte[] variant(byte[] bytes, Random random) {
        byte[] variant = bytes;
        for (int changes = 1 + random.nextInt(4); changes > 0 && variant.length > 1; changes--) {
            int from = random.nextInt(variant.length);
            int to = from + random.nextInt(variant.length - from);
            byte[] part = Arrays.copyOfRange(variant, from, to);
            switch (random.nextInt(3)) {
                case 0 -> {
                    variant = variant.clone();
                    variant[from] = (byte) random.nextInt(256);
                }
                case 1 ->
                    variant = joined(Arrays.copyOf(variant, from), Arrays.copyOfRange(variant, to, variant.length));
                default ->
                    variant = joined(
                            Arrays.copyOf(variant, to), joined(part, Arrays.copyOfRange(variant, to, variant.length)));
            }
        }
        return variant;
    }

    private static byte[] joined(byte[] one, byte[] two) {
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        return both;
    }
}
