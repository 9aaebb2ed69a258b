package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the time to match one tag. */
@State(Scope.Benchmark)
public class TagPatternJmh {

    private static final int TAGS = 1000;

    private final TagPattern pattern = TagPattern.of(TagPattern.DEFAULT);
    private final TagPattern semantic = TagPattern.of("{major}.{minor}.{patch}{prerelease}");
    private final TagPattern expression = TagPattern.regex("(?<year>\\d{4})\\.(?<week>\\d+)\\.(?<build>\\d+)");
    private final BigInteger wanted = BigInteger.valueOf(100_500);

    private final String[] versions = tags("2026.47.%d");
    private final String[] releases = tags("1.47.%d-rc.1");
    private final String[] commits = tags("sha-%08x");

    private static String[] tags(String format) {
        return IntStream.range(0, TAGS)
                .mapToObj(n -> String.format(format, 100_000 + n))
                .toArray(String[]::new);
    }

    private int count(TagPattern of, String[] tags) {
        int count = 0;
        for (String tag : tags) {
            if (of.match(tag).filter(version -> version.isOfBuild(wanted)).isPresent()) {
                count++;
            }
        }
        return count;
    }

    @Benchmark
    @OperationsPerInvocation(TAGS)
    public int matchesATagOfThePattern() {
        return count(pattern, versions);
    }

    @Benchmark
    @OperationsPerInvocation(TAGS)
    public int matchesASemanticVersion() {
        return count(semantic, releases);
    }

    @Benchmark
    @OperationsPerInvocation(TAGS)
    public int matchesATagOfARegularExpression() {
        return count(expression, versions);
    }

    @Benchmark
    @OperationsPerInvocation(TAGS)
    public int leavesOutATagOfAnotherForm() {
        return count(pattern, commits);
    }
}
