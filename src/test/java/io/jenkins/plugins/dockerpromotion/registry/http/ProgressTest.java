package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    @Test
    void logsOneLineInFiveSecondsHoweverMuchIsDone() {
        SimulatedTime time = new SimulatedTime();
        List<String> lines = new ArrayList<>();
        Progress progress = Progress.ofTags(new RegistryContext(Network.usual(), time, lines::add), "checked", 20);
        for (int second = 1; second <= 11; second++) {
            time.advance(Duration.ofSeconds(1));
            progress.add(1);
        }
        assertThat(lines).containsExactly("checked 5 of 20 tags", "checked 10 of 20 tags");
    }
}
