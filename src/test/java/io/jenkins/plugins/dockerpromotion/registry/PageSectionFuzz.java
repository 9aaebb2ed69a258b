package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.testing.CpuTime;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;

/** A section's name, and behind the first line break a page: what is written into it once is there once, however often. */
public final class PageSectionFuzz {

    private static final String CONTENT = "Promoted: 2019.20.103";

    private PageSectionFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String[] nameAndPage = FuzzInput.lineAndRest(input);
        CpuTime.within(FuzzInput.LIMIT, () -> write(nameAndPage[0], nameAndPage[1]));
    }

    private static void write(String name, String page) {
        try {
            PageSection section = new PageSection(name);
            String once = section.replacedIn(page, CONTENT);
            FuzzInput.require(section.replacedIn(once, CONTENT).equals(once), "another page the second time");
            FuzzInput.require(once.contains(CONTENT), "nothing written");
            PageSection.checkContent(page);
            FuzzInput.require(once.startsWith(page), "a page without markers that did not stay");
        } catch (IllegalArgumentException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
        }
    }
}
