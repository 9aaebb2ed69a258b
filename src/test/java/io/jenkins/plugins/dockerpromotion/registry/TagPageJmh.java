package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Measures the parsing of tag pages, per tag. */
@State(Scope.Benchmark)
public class TagPageJmh {

    private static final int REGISTRY_PAGE = 1000;
    private static final int HUB_PAGE = 100;
    private static final int PLATFORMS = 4;

    private final byte[] registryJson = IntStream.range(0, REGISTRY_PAGE)
            .mapToObj(n -> "\"2026.47." + (100_000 + n) + '"')
            .collect(Collectors.joining(",", "{\"name\":\"app\",\"tags\":[", "]}"))
            .getBytes(StandardCharsets.UTF_8);
    private final byte[] hubJson = IntStream.range(0, HUB_PAGE)
            .mapToObj(TagPageJmh::hubTag)
            .collect(Collectors.joining(",", "{\"count\":100,\"next\":null,\"previous\":null,\"results\":[", "]}"))
            .getBytes(StandardCharsets.UTF_8);

    private static String hubTag(int number) {
        String images = IntStream.range(0, PLATFORMS)
                .mapToObj(
                        n -> "{\"architecture\":\"amd64\",\"features\":\"\",\"variant\":null,\"digest\":\"" + digest(n)
                                + "\",\"os\":\"linux\",\"os_features\":\"\",\"os_version\":null,\"size\":27310862,\"status\":\"active\","
                                + "\"last_pulled\":\"2026-11-20T11:01:23.518Z\",\"last_pushed\":\"2026-11-01T06:03:10.123Z\"}")
                .collect(Collectors.joining(","));
        return "{\"creator\":1,\"id\":" + number + ",\"images\":[" + images
                + "],\"last_updated\":\"2026-11-01T06:03:12.000Z\",\"last_updater\":1,\"last_updater_username\":\"robot\","
                + "\"name\":\"2026.47." + number + "\",\"repository\":2,\"full_size\":27310862,\"v2\":true,"
                + "\"tag_status\":\"active\",\"tag_last_pulled\":\"2026-11-20T11:01:23.518Z\","
                + "\"tag_last_pushed\":\"2026-11-01T06:03:12.000Z\",\"media_type\":\"\",\"content_type\":\"image\","
                + "\"digest\":\"" + digest(number) + "\"}";
    }

    private static String digest(int number) {
        return "sha256:" + String.format("%064x", number);
    }

    @Benchmark
    @OperationsPerInvocation(REGISTRY_PAGE)
    public Object readsATagOfARegistrysPage() throws IOException {
        return TagList.page(Answers.ok(registryJson));
    }

    @Benchmark
    @OperationsPerInvocation(HUB_PAGE)
    public Object readsATagOfADockerHubPage() throws IOException {
        return DockerHub.entries(Answers.ok(hubJson));
    }
}
