package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import java.util.List;
import java.util.stream.Stream;

/**
 * One way to do the job that is measured.
 *
 * @param name of a tool: its command first
 * @param prepare what has to be undone or renewed before each run, and is not measured
 * @param run the job; {@code number} differs from run to run
 */
record Contender(String name, Job prepare, Job run) {

    static Contender of(String name, Job run) {
        return new Contender(name, number -> {}, run);
    }

    /** Those of them that can be had here. */
    static List<Contender> installed(Contender... all) {
        return Stream.of(all)
                .filter(contender -> contender.isOwn()
                        || FieldTool.find(contender.name.split("[ ,]")[0]).isPresent())
                .toList();
    }

    boolean isOwn() {
        return isOwn(name);
    }

    static boolean isOwn(String name) {
        return name.startsWith("this plugin");
    }

    Contender preparedBy(Job changed) {
        return new Contender(name, changed, run);
    }

    /** May fail, which ends the benchmark: a contender that does not do the job must not be shown as fast. */
    @FunctionalInterface
    interface Job {
        void run(int number) throws Exception;
    }
}
