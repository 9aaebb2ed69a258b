package io.jenkins.plugins.dockerpromotion.history;

import static io.jenkins.plugins.dockerpromotion.history.Samples.created;
import static io.jenkins.plugins.dockerpromotion.history.Samples.moved;
import static io.jenkins.plugins.dockerpromotion.history.Samples.unchanged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetHistoryTest {

    private static List<HistoryEntry> newestFirst(Promotion... oldestFirst) {
        List<HistoryEntry> entries = new ArrayList<>();
        for (Promotion promotion : oldestFirst) {
            entries.add(0, new HistoryEntry(null, oldestFirst.length, promotion));
        }
        return entries;
    }

    private static List<TargetHistory> histories(Promotion... oldestFirst) {
        return TargetHistory.of(newestFirst(oldestFirst));
    }

    @Test
    void tagsOfOnePurposeAreOneTarget() {
        List<TargetHistory> histories = histories(
                Samples.promotion("2026.1.9", created("2026.1.9-rc"), created("latest")),
                Samples.promotion("2026.1.10", created("2026.1.10-rc"), moved("latest", "2026.1.9")),
                Samples.promotion("2026.1.9", created("production")));

        assertThat(histories).extracting(TargetHistory::target).containsExactly("{tag}-rc", "latest", "production");
        assertThat(histories)
                .extracting(history ->
                        history.current().tag() + " " + history.current().version())
                .containsExactly("2026.1.10-rc 2026.1.10", "latest 2026.1.10", "production 2026.1.9");
        assertThat(histories).extracting(TargetHistory::isPerVersion).containsExactly(true, false, false);
    }

    @Test
    void aSourceWithoutANumberIsNoVersion() {
        assertThat(histories(Samples.promotion("latest", created("latest"), created("latest-ok"))))
                .extracting(TargetHistory::target)
                .containsExactly("latest", "latest-ok");
    }

    @Test
    void aVersionThatWasThereAlreadyIsThereSinceItCame() {
        TargetHistory history = histories(
                        Samples.promotion("1.0", created("latest")),
                        Samples.promotion("1.0", unchanged("latest", "1.0")))
                .get(0);

        assertThat(history.versions()).hasSize(1);
        assertThat(history.current().entry().promotion().outcome()).isEqualTo(Promotion.Outcome.PROMOTED);
    }

    @Test
    void dryRunsAndWhatWasPutBackDoNotCount() {
        List<TargetHistory> histories = histories(
                Samples.promotion("1.0", created("latest")),
                Samples.promotion(Samples.receipt(Samples.IMAGE, "2.0", true, moved("latest", "1.0"))),
                Samples.failed("3.0", "1.0", false));

        assertThat(histories).hasSize(1);
        assertThat(histories.get(0).current().version()).isEqualTo("1.0");
        assertThat(histories.get(0).current().isUncertain()).isFalse();
    }

    @Test
    void whatCouldNotBePutBackIsUncertainUntilTheNextPromotion() {
        Promotion first = Samples.promotion("1.0", created("latest"));
        Promotion broken = Samples.failed("2.0", "1.0", true);

        assertThat(histories(first, broken).get(0).current().version()).isEqualTo("2.0");
        assertThat(histories(first, broken).get(0).current().isUncertain()).isTrue();
        assertThat(histories(first, broken, Samples.promotion("2.0", unchanged("latest", "2.0")))
                        .get(0)
                        .current()
                        .isUncertain())
                .isFalse();
    }

    @Test
    void theChartGivesEachVersionItsShareOfTheWidthAndTheSameColourInAllRows() {
        long now = System.currentTimeMillis();
        Chart chart = Chart.of(
                histories(
                        Samples.at(now - 1000_000, Samples.promotion("1.0", created("1.0-rc"), created("latest"))),
                        Samples.at(now - 500_000, Samples.promotion("2.0", created("2.0-rc"), moved("latest", "1.0")))),
                now);

        assertThat(chart.rows())
                .allSatisfy(row -> assertThat(row.bars())
                        .extracting(Chart.Bar::x, Chart.Bar::width, Chart.Bar::colour)
                        .containsExactly(tuple("0.00%", "42.00%", 0), tuple("42.00%", "58.00%", 1)));
        assertThat(chart.ticks()).hasSize(4);
        assertThat(chart.shortSpan()).isTrue();
    }

    @Test
    void theChartShowsTheNewestVersionsAndWhatWasThereWhenTheyBegan() {
        long now = System.currentTimeMillis();
        List<Promotion> promotions = new ArrayList<>();
        promotions.add(Samples.at(now - 1000_000_000, Samples.promotion("0.1", created("production"))));
        for (int i = 0; i < 40; i++) {
            promotions.add(Samples.at(
                    now - 1000_000 * (40 - i), Samples.promotion("1." + i, moved("latest", "1." + (i - 1)))));
        }

        Chart chart = Chart.of(histories(promotions.toArray(Promotion[]::new)), now);

        assertThat(chart.rows().get(0).bars()).hasSize(1);
        assertThat(chart.rows().get(0).bars().get(0).width()).isEqualTo("100.00%");
        assertThat(chart.rows().get(1).bars()).hasSize(16);
        assertThat(chart.rows().get(1).bars().get(15).placement().version()).isEqualTo("1.39");
    }
}
