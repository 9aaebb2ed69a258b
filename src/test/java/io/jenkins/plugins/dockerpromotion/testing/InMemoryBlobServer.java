package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The storage service that a registry redirects downloads of blobs to, on an origin of its own. */
public final class InMemoryBlobServer extends HttpTestServer {

    private final Map<String, Content> blobs = new ConcurrentHashMap<>();

    private InMemoryBlobServer() {
        super(Options.DEFAULT);
    }

    public static InMemoryBlobServer start() {
        InMemoryBlobServer server = new InMemoryBlobServer();
        server.listen();
        return server;
    }

    /** The address of a blob, signed by a query like a storage service's. */
    String offer(String digest, Content content) {
        blobs.put(digest, content);
        return uri() + "/storage/" + digest + "?signature=secret";
    }

    @Override
    Response answer(Incoming request) throws IOException {
        // As storage services do with a request that is signed and authorized; its client leaks a token, too.
        if (request.header("Authorization").isPresent()) {
            return Response.of(400).body(Content.of("<Code>InvalidArgument</Code>"));
        }
        Content content = blobs.get(request.path().substring(request.path().lastIndexOf('/') + 1));
        return content == null ? Response.of(404) : Response.of(200).body(content);
    }
}
