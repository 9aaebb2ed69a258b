package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.PageChange.Page;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput.CpuTime;

/**
 * Fuzzes page changes: the first line is the name of the section, the rest is the page. Applying a change twice must
 * give the same page as applying it once.
 */
public final class PageChangeFuzz {

    private static final String CONTENT = "Promoted: 2019.20.103";

    private PageChangeFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] nameAndPage = FuzzInput.lineAndRest(input);
        CpuTime.within(FuzzInput.LIMIT, () -> write(nameAndPage[0], nameAndPage[1]));
    }

    private static void write(String name, String page) {
        try {
            PageChange change = new PageChange("", CONTENT, name);
            Page once = change.appliedTo(new Page("", page));
            FuzzInput.require(change.appliedTo(once).equals(once), "another page the second time");
            FuzzInput.require(once.fullDescription().contains(CONTENT), "nothing written");
            // Throws if the page contains a section marker.
            new PageChange("", "x" + page, "other");
            FuzzInput.require(name.isEmpty() || once.fullDescription().startsWith(page), "a page that did not stay");
        } catch (IllegalArgumentException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
        }
    }
}
