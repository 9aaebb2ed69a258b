package io.jenkins.plugins.dockerpromotion.bench;

/** Reads the traffic that a server has seen so far. */
@FunctionalInterface
interface Meter {

    Traffic read() throws Exception;

    default Meter and(Meter other) {
        return () -> read().plus(other.read());
    }
}
