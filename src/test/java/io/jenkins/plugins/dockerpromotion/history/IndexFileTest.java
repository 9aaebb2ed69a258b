package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexFileTest {

    @TempDir
    private Path directory;

    private Path path;
    private IndexFile file;

    @BeforeEach
    void prepare() {
        path = directory.resolve("index");
        file = new IndexFile(path);
    }

    @Test
    void theLastLineOfABuildCounts() throws IOException {
        file.append(1, List.of(Samples.promotion("1.0", created("latest"))));
        file.append(2, List.of(Samples.promotion("2.0", created("latest"))));
        file.append(1, List.of(Samples.promotion("1.1", created("latest"), created("production"))));
        file.append(2, List.of());

        IndexFile.Content content = file.read();

        assertThat(content.damaged()).isFalse();
        assertThat(content.builds()).containsOnlyKeys(1);
        Promotion read = content.builds().get(1).get(0);
        assertThat(read.getVersion()).isEqualTo("1.1");
        assertThat(read.getDigest()).isEqualTo(Samples.digest("1.1"));
        assertThat(read.getTargets()).extracting(PromotedTag::getTag).containsExactly("latest", "production");
    }

    @Test
    void noticesALineThatWasNotFinished() throws IOException {
        file.append(1, List.of(Samples.promotion("1.0", created("latest"))));
        String whole = Files.readString(path);
        Files.writeString(path, whole.substring(0, whole.length() / 2), StandardOpenOption.APPEND);

        assertThat(file.read().damaged()).isTrue();
        assertThat(file.read().builds()).containsOnlyKeys(1);
    }

    @Test
    void noticesWhatIsNoIndexAndWhatALaterVersionWrote() throws IOException {
        Files.writeString(path, "null\n");
        assertThat(file.read().damaged()).isTrue();
        Files.writeString(path, "{\"format\":1,\"build\":1,\"promotions\":null}\n");
        assertThat(file.read().damaged()).isTrue();
        Files.writeString(path, "{\"format\":1,\"build\":1,\"promotions\":[null]}\n");
        assertThat(file.read().damaged()).isTrue();
        Files.writeString(path, "{\"format\":2,\"build\":1,\"promotions\":[]}\n");
        assertThat(file.read().damaged()).isTrue();
        Files.write(path, new byte[] {(byte) 0xff, (byte) 0xfe, 0, '\n'});
        assertThat(file.read().damaged()).isTrue();
    }

    @Test
    void makesUpForWhatALineDoesNotHave() throws IOException {
        Files.writeString(
                path, "{\"format\":1,\"build\":1,\"promotions\":[{\"source\":\"a/b:1\",\"targets\":[{}]}]}\n");

        Promotion read = file.read().builds().get(1).get(0);

        assertThat(read.getVersion()).isEqualTo("1");
        assertThat(read.getStartedBy().getText()).isEmpty();
        assertThat(read.getTargets()).extracting(PromotedTag::getTag).containsExactly("");
    }

    @Test
    void isWrittenAnewInOneMoveAndGoneWithoutBuilds() throws IOException {
        for (int i = 0; i < 300; i++) {
            file.append(1, List.of(Samples.promotion("1." + i, created("latest"))));
        }
        assertThat(file.read().wasteful()).isTrue();

        file.write(Map.of(1, List.of(Samples.promotion("1.0", created("latest")))));
        assertThat(file.read().wasteful()).isFalse();
        assertThat(Files.list(directory)).containsExactly(path);

        file.write(Map.of());
        assertThat(file.exists()).isFalse();
    }
}
