package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/**
 * Sends requests for somebody who might use them to look around in this network. Hosts that an administrator named, and
 * Docker Hub's, are asked as always; others by https only, at addresses that were looked at, and not through a proxy, which
 * would look names up by itself.
 */
final class GuardedHop implements Hop {

    private final Network network;
    private final String certificateAuthority;
    private final Addresses addresses;
    private final Hop named;

    GuardedHop(Network network, String certificateAuthority, Addresses addresses) {
        this.network = network;
        this.certificateAuthority = certificateAuthority;
        this.addresses = addresses;
        this.named = new ClientHop(network, certificateAuthority);
    }

    @Override
    public Answer send(HttpCall call, URI uri, Optional<String> authorization)
            throws IOException, InterruptedException {
        Origin origin = Origin.of(uri);
        if (network.names(origin)) {
            return named.send(call, uri, authorization);
        }
        if (!network.hosts().allow(origin)
                || !origin.isEncrypted()
                || network.proxy().appliesTo(uri)) {
            throw new RegistryException(call.failureText(origin + " is neither Docker Hub nor named by an administrator"
                    + " in Manage Jenkins » System » Docker Image Promotion; nothing was sent there"));
        }
        return new PinnedSender(network, certificateAuthority, addresses).send(call.at(uri), authorization);
    }
}
