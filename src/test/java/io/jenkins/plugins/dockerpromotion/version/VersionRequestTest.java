package io.jenkins.plugins.dockerpromotion.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.math.BigInteger;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VersionRequestTest {

    private static final Instant WEEK_47 = Instant.parse("2026-11-21T12:00:00Z");

    private static VersionRequest request(String pattern, long build, boolean bump, String... values) {
        VersionTemplate template =
                VersionTemplate.of(pattern, WEEK_47, ZoneOffset.UTC, VersionValues.parse(List.of(values)));
        return new VersionRequest(template, BigInteger.valueOf(build), bump);
    }

    private static VersionRequest request(long build, boolean bump) {
        return request(TagPattern.DEFAULT, build, bump);
    }

    private static VersionRequest.Decision decide(VersionRequest request, String... tags) {
        UsedVersions used = request.usedVersions();
        List.of(tags).forEach(used::add);
        return request.decide(used);
    }

    private static void assertRefused(String why, VersionRequest request, String... tags) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> decide(request, tags))
                .withMessageContaining(why)
                .matches(e -> e.getMessage().lines().count() == 1);
    }

    @Test
    void givesTheVersionOfTheBuildIfItIsNewerThanAll() {
        VersionRequest.Decision decision =
                decide(request(103, false), "2026.47.102", "2026.9.99", "latest", "2026.47.102-rc", "2026.47.1030x");
        assertThat(decision).isEqualTo(new VersionRequest.Decision("2026.47.103", Optional.empty()));
        assertThat(decide(request(103, true)).bumped()).isEmpty();
    }

    @Test
    void refusesANumberThatHasAVersionInAnyWeek() {
        assertRefused(
                "build 103 already has the version 2020.1.103, and the newest version is 2026.47.102; the build number"
                        + " may have been reset, a later build may have been faster, or another job may create"
                        + " versions, too. Use 'bump: true' for the next free number, 104",
                request(103, false),
                "2026.47.102",
                "2020.1.103");
    }

    @Test
    void refusesAVersionThatWouldNotBeNewer() {
        assertRefused("2026.47.5 is not newer than 2026.47.210, the newest version", request(5, false), "2026.47.210");
        assertThat(decide(request(5, false), "2026.46.210").version()).isEqualTo("2026.47.5");
    }

    @Test
    void takesTheNumberAfterTheHighestOneAndSaysWhy() {
        VersionRequest.Decision decision = decide(request(5, true), "2026.47.7", "2019.3.210", "2026.9.8");
        assertThat(decision.version()).isEqualTo("2026.47.211");
        assertThat(decision.bumped()).contains("2026.47.5 is not newer than 2026.47.7, the newest version");
        assertThat(decide(request(103, true), "2026.09.103").version()).isEqualTo("2026.47.104");
    }

    @Test
    void noNumberHelpsAgainstAVersionOfTheFuture() {
        for (boolean bump : List.of(true, false)) {
            assertRefused(
                    "2026.47.103 is not newer than 2026.50.90, the newest version; the next free number does"
                            + " not help: 2026.47.104 is not newer than 2026.50.90, the newest version; check the"
                            + " clock of the controller, 'zone' and 'values'",
                    request(103, bump),
                    "2026.50.90");
        }
    }

    @Test
    void withoutABuildAVersionIsGivenOnce() {
        VersionRequest semantic = request("1.2.3{prerelease}", 7, true, "prerelease=rc.2");
        assertThat(decide(semantic, "1.2.3-rc.1").version()).isEqualTo("1.2.3-rc.2");
        assertRefused("the version 1.2.3-rc.2 already exists, and the newest version is", semantic, "1.2.3-rc.2");
        assertRefused("1.2.3-rc.2 is not newer than 1.2.3, the newest", semantic, "1.2.3-rc.1", "1.2.3");
        assertRefused("2026.5 is not newer", week5(), "2026.05");
    }

    private static VersionRequest week5() {
        VersionTemplate template = VersionTemplate.of(
                "{year}.{week}", Instant.parse("2026-01-28T00:00:00Z"), ZoneOffset.UTC, VersionValues.parse(List.of()));
        return new VersionRequest(template, BigInteger.ONE, false);
    }

    @Test
    void commitsHaveNoOrder() {
        VersionRequest commit = request("{sha}", 7, false, "sha=0a1b2c3");
        assertThat(decide(commit, "fffffff", "0000000").version()).isEqualTo("0a1b2c3");
        assertRefused("the version 0a1b2c3 already exists; use other 'values', or a pattern", commit, "0a1b2c3");
        VersionRequest ofDay = request("{year}{month}{day}-{sha}", 7, false, "sha=0a1b2c3");
        assertThat(decide(ofDay, "20261121-fffffff").version()).isEqualTo("20261121-0a1b2c3");
        assertRefused("is not newer than 20261122-0000000", ofDay, "20261122-0000000");
    }

    @Test
    void keepsNextToNothingOfAHundredThousandTags() throws Exception {
        VersionRequest request = request(100_200, false);
        UsedVersions used = request.usedVersions();
        int before = size(used);
        for (int build = 1; build <= 100_000; build++) {
            used.add("2026." + (build % 47 + 1) + "." + build);
        }
        assertThat(used.checked()).isEqualTo(100_000);
        assertThat(size(used)).isLessThan(before + 1000);
        assertThat(request.decide(used).version()).isEqualTo("2026.47.100200");
    }

    private static int size(UsedVersions used) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(used);
        }
        return bytes.size();
    }
}
