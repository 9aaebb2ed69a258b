package io.jenkins.plugins.dockerpromotion.history;

import java.util.List;

/** The promotions of an image in all jobs that the user may see. */
public final class ImageHistory extends HistoryPage {

    private final String name;
    private final List<HistoryEntry> entries;

    ImageHistory(String name, List<HistoryEntry> entries) {
        this.name = name;
        this.entries = entries;
    }

    public String getName() {
        return name;
    }

    @Override
    List<HistoryEntry> entries() {
        return entries;
    }

    @Override
    public boolean isOverJobs() {
        return true;
    }

    @Override
    public String getTitle() {
        return Messages.History_titleOf(name);
    }

    @Override
    public String getCheckAddress() {
        return "check?name=" + encoded(name);
    }

    @Override
    public String address(HistoryQuery query) {
        return query.address() + "&name=" + encoded(name);
    }

    @Override
    public String getDisplayName() {
        return name;
    }
}
