package io.jenkins.plugins.dockerpromotion.registry.http;

/** Hears what a call wants people to know while it is under way: waits, retries, warnings of the registry. */
@FunctionalInterface
public interface Notices {

    /** Nobody listens. */
    Notices NONE = line -> {};

    /** @param line one line without secrets */
    void say(String line);
}
