package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static io.jenkins.plugins.dockerpromotion.history.Samples.unchanged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaneTest {

    private static List<HistoryEntry> newestFirst(Promotion... oldestFirst) {
        List<HistoryEntry> entries = new ArrayList<>();
        for (Promotion promotion : oldestFirst) {
            entries.add(0, new HistoryEntry(null, oldestFirst.length, promotion));
        }
        return entries;
    }

    private static List<Lane> lanes(Promotion... oldestFirst) {
        return Lane.of(newestFirst(oldestFirst));
    }

    @Test
    void tagsOfOnePurposeShareALane() {
        List<Lane> lanes = lanes(
                Samples.promotion("2026.1.9", created("2026.1.9-rc"), created("latest")),
                Samples.promotion("2026.1.10", created("2026.1.10-rc"), moved("latest", "2026.1.9")),
                Samples.promotion("2026.1.9", created("production")));

        assertThat(lanes).extracting(Lane::name).containsExactly("{tag}-rc", "latest", "production");
        assertThat(lanes)
                .extracting(lane ->
                        lane.current().target().getTag() + " " + lane.current().version())
                .containsExactly("2026.1.10-rc 2026.1.10", "latest 2026.1.10", "production 2026.1.9");
        assertThat(lanes).extracting(Lane::isPerVersion).containsExactly(true, false, false);
    }

    @Test
    void aNameWithoutANumberIsNoVersion() {
        assertThat(lanes(Samples.promotion("latest", created("latest"), created("latest-ok"))))
                .extracting(Lane::name)
                .containsExactly("latest", "latest-ok");
    }

    @Test
    void whatStandsThereAlreadyStandsSinceItCame() {
        Lane lane = lanes(
                        Samples.promotion("1.0", created("latest")),
                        Samples.promotion("1.0", unchanged("latest", "1.0")))
                .get(0);

        assertThat(lane.stands()).hasSize(1);
        assertThat(lane.current().entry().getPromotion().getOutcome()).isEqualTo(Outcome.PROMOTED);
    }

    @Test
    void dryRunsAndWhatWasPutBackStandNowhere() {
        List<Lane> lanes = lanes(
                Samples.promotion("1.0", created("latest")),
                Samples.promotion(Samples.receipt(Samples.IMAGE, "2.0", true, moved("latest", "1.0"))),
                Samples.failed("3.0", "1.0", false));

        assertThat(lanes).hasSize(1);
        assertThat(lanes.get(0).current().version()).isEqualTo("1.0");
        assertThat(lanes.get(0).current().isUncertain()).isFalse();
    }

    @Test
    void whatCouldNotBePutBackIsUncertainUntilTheNextPromotion() {
        Promotion first = Samples.promotion("1.0", created("latest"));
        Promotion broken = Samples.failed("2.0", "1.0", true);

        assertThat(lanes(first, broken).get(0).current().version()).isEqualTo("2.0");
        assertThat(lanes(first, broken).get(0).current().isUncertain()).isTrue();
        assertThat(lanes(first, broken, Samples.promotion("2.0", unchanged("latest", "2.0")))
                        .get(0)
                        .current()
                        .isUncertain())
                .isFalse();
    }

    @Test
    void theChartGivesEachVersionItsShareOfTheWidthAndTheSameColourInAllLanes() {
        long now = System.currentTimeMillis();
        Timeline chart = Timeline.of(
                lanes(
                        Samples.at(now - 1000_000, Samples.promotion("1.0", created("1.0-rc"), created("latest"))),
                        Samples.at(now - 500_000, Samples.promotion("2.0", created("2.0-rc"), moved("latest", "1.0")))),
                now);

        assertThat(chart.lanes())
                .allSatisfy(row -> assertThat(row.bars())
                        .extracting(Timeline.Bar::x, Timeline.Bar::width, Timeline.Bar::colour)
                        .containsExactly(tuple("0.00%", "42.00%", 0), tuple("42.00%", "58.00%", 1)));
        assertThat(chart.ticks()).hasSize(4);
        assertThat(chart.shortSpan()).isTrue();
    }

    @Test
    void theChartShowsTheNewestVersionsAndWhatStoodWhenTheyBegan() {
        long now = System.currentTimeMillis();
        List<Promotion> promotions = new ArrayList<>();
        promotions.add(Samples.at(now - 1000_000_000, Samples.promotion("0.1", created("production"))));
        for (int i = 0; i < 40; i++) {
            promotions.add(Samples.at(
                    now - 1000_000 * (40 - i), Samples.promotion("1." + i, moved("latest", "1." + (i - 1)))));
        }

        Timeline chart = Timeline.of(lanes(promotions.toArray(Promotion[]::new)), now);

        assertThat(chart.lanes().get(0).bars()).hasSize(1);
        assertThat(chart.lanes().get(0).bars().get(0).width()).isEqualTo("100.00%");
        assertThat(chart.lanes().get(1).bars()).hasSize(16);
        assertThat(chart.lanes().get(1).bars().get(15).stand().version()).isEqualTo("1.39");
    }
}
