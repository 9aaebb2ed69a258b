package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Knows at which addresses a host may be reached. Asked once an attempt: what it answers is connected to as it is. */
@FunctionalInterface
public interface Addresses {

    /**
     * @return at least one address, the best first
     * @throws RegistryException if nothing may be sent there, for good
     * @throws IOException if the host's name cannot be resolved
     */
    List<InetAddress> of(HttpCall call) throws IOException;
}
