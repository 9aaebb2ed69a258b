package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.AbortException;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionTemplate;
import io.jenkins.plugins.dockerpromotion.version.VersionValues;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionReservationsTest {

    private static final String IMAGE = "image registry.example.com/group/app";

    @TempDir
    private Path home;

    private Path file;
    private VersionReservations reservations;

    @BeforeEach
    void open() {
        file = home.resolve("versions.xml");
        reservations = opened();
    }

    /** Opens the file again, as Jenkins does when it starts. */
    private VersionReservations opened() {
        return new VersionReservations(file.toFile());
    }

    private static VersionRequest request(long build, boolean bump) {
        VersionTemplate template = VersionTemplate.of(
                TagPattern.DEFAULT,
                Instant.parse("2026-11-21T12:00:00Z"),
                ZoneOffset.UTC,
                VersionValues.parse(List.of()));
        return new VersionRequest(template, BigInteger.valueOf(build), bump);
    }

    private static String reserve(VersionReservations from, String subject, String holder, VersionRequest request)
            throws IOException {
        return from.reserve(new VersionReservations.Claim(subject, holder, request), request.usedVersions())
                .version();
    }

    @Test
    void manyBuildsAtTheSameMomentGetDifferentVersions() throws Exception {
        int builds = 40;
        CyclicBarrier start = new CyclicBarrier(builds);
        Set<String> versions = new ConcurrentSkipListSet<>();
        ExecutorService threads = Executors.newFixedThreadPool(builds);
        try {
            List<Future<Boolean>> results = IntStream.range(0, builds)
                    .mapToObj(job -> threads.submit(() -> {
                        start.await();
                        return versions.add(reserve(reservations, IMAGE, "job" + job + " #103", request(103, true)));
                    }))
                    .toList();
            for (Future<Boolean> each : results) {
                assertThat(each.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(versions)
                .isEqualTo(new TreeSet<>(IntStream.range(103, 103 + builds)
                        .mapToObj(build -> "2026.47." + build)
                        .toList()));
    }

    @Test
    void whatWasGivenIsGivenAlsoAfterARestart() throws Exception {
        reserve(reservations, IMAGE, "app #103", request(103, false));

        VersionReservations next = opened();
        assertThat(next.given(new VersionReservations.Claim(IMAGE, "app #103", request(103, false))))
                .contains("2026.47.103");
        assertThat(reserve(next, IMAGE, "app #103", request(103, false))).isEqualTo("2026.47.103");
        assertThat(next.given(new VersionReservations.Claim(IMAGE, "other #103", request(103, false))))
                .isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reserve(next, IMAGE, "other #103", request(103, false)))
                .withMessageContaining("2026.47.103 (reserved)");
        assertThat(reserve(next, IMAGE, "other #103", request(103, true))).isEqualTo("2026.47.104");
        assertThat(Files.readString(file)).contains("<version>2026.47.104</version>");
    }

    @Test
    void eachImageAndEachJobCountsForItself() throws Exception {
        assertThat(reserve(reservations, IMAGE, "app #103", request(103, false)))
                .isEqualTo("2026.47.103");
        assertThat(reserve(reservations, IMAGE + "2", "app #103", request(103, false)))
                .isEqualTo("2026.47.103");
        assertThat(reserve(reservations, "job app", "app #103", request(103, false)))
                .isEqualTo("2026.47.103");
    }

    @Test
    void doesNotGrowWithoutEnd() throws Exception {
        for (int build = 1; build <= 120; build++) {
            reserve(reservations, IMAGE, "app #" + build, request(build, false));
        }
        long full = Files.size(file);
        for (int build = 121; build <= 180; build++) {
            reserve(reservations, IMAGE, "app #" + build, request(build, false));
        }
        assertThat(Files.size(file)).isLessThan(full + 200);

        for (int job = 1; job < VersionReservations.MAX_SEQUENCES; job++) {
            reserve(reservations, "job " + job, "job #1", request(1, false));
        }
        reserve(reservations, IMAGE, "app #181", request(181, false));
        reserve(reservations, "job more", "job #1", request(1, false));

        VersionReservations next = opened();
        assertThat(next.given(new VersionReservations.Claim(IMAGE, "app #181", request(181, false))))
                .isPresent();
        assertThat(next.given(new VersionReservations.Claim("job more", "job #1", request(1, false))))
                .isPresent();
        assertThat(next.given(new VersionReservations.Claim("job 2", "job #1", request(1, false))))
                .isPresent();
        assertThat(next.given(new VersionReservations.Claim("job 1", "job #1", request(1, false))))
                .isEmpty();
    }

    @Test
    void givesNothingThatItCannotWriteDown() throws Exception {
        Files.createDirectories(file.resolve("in the way"));
        VersionReservations blocked = new VersionReservations(
                file.resolve("in the way/no folder/file").toFile());
        Files.writeString(file.resolve("in the way/no folder"), "a file");

        assertThatThrownBy(() -> reserve(blocked, IMAGE, "app #103", request(103, false)))
                .isInstanceOf(AbortException.class)
                .hasMessageStartingWith("Cannot create a version: cannot write the reservation to " + file);
        assertThat(blocked.given(new VersionReservations.Claim(IMAGE, "app #103", request(103, false))))
                .isEmpty();
    }

    @Test
    void stopsRatherThanToForgetWhatWasGiven() throws Exception {
        reserve(reservations, IMAGE, "app #103", request(103, false));
        Files.writeString(file, Files.readString(file).substring(0, 100));

        assertThatThrownBy(() -> reserve(opened(), IMAGE, "app #104", request(104, false)))
                .isInstanceOf(AbortException.class)
                .hasMessage("Cannot create a version: cannot read earlier reservations from " + file
                        + "; ask an administrator to check this file");
    }
}
