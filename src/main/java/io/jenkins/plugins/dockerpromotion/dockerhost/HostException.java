package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.io.IOException;

/** A Docker host could not be inspected or pruned. The message is part of one line: the reason, and what to do. */
public class HostException extends IOException {

    private static final long serialVersionUID = 1L;

    public HostException(String why) {
        super(why);
    }
}
