package io.jenkins.plugins.dockerpromotion.testing;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Where and how a test server listens; port 0 takes any free one. */
record ServerOptions(int port, Optional<SSLContext> tls) {

    static final ServerOptions DEFAULT = new ServerOptions(0, Optional.empty());

    ServerOptions withPort(int changed) {
        return new ServerOptions(changed, tls);
    }

    ServerOptions withTls(SSLContext context) {
        return new ServerOptions(port, Optional.of(context));
    }
}
