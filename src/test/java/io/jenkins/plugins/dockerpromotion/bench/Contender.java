package io.jenkins.plugins.dockerpromotion.bench;

/**
 * One way to do the job that is measured.
 *
 * @param prepare what has to be undone or renewed before each run, and is not measured
 * @param run the job; {@code number} differs from run to run
 */
record Contender(String name, Job prepare, Job run) {

    static Contender of(String name, Job run) {
        return new Contender(name, number -> {}, run);
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
