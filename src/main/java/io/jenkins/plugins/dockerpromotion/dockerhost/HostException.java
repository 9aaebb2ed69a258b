package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.io.IOException;

/** A Docker host that could not be looked at or cleaned. The message is part of one line: why, and what to do. */
public class HostException extends IOException {

    private static final long serialVersionUID = 1L;

    public HostException(String why) {
        super(why);
    }
}
