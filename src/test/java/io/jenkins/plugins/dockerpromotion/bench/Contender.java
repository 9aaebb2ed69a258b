package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.FieldTool;
import java.util.List;
import java.util.stream.Stream;

/**
 * One way to do the measured job.
 *
 * @param name starts with the command if the contender is a tool
 * @param prepare resets state before each run; its time does not count
 * @param run the measured job; {@code number} is different in each run
 */
record Contender(String name, Job prepare, Job run) {

    static Contender of(String name, Job run) {
        return new Contender(name, number -> {}, run);
    }

    /** Returns the contenders that are available on this machine. */
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

    /** A step of a contender. An exception stops the benchmark, so that a contender that fails does not look fast. */
    @FunctionalInterface
    interface Job {
        void run(int number) throws Exception;
    }
}
