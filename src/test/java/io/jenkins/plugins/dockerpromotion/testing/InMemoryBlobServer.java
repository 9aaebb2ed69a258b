package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A storage service on a separate origin, to which a registry redirects blob downloads. */
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

    /** Makes a blob available. The URL contains a signature, as those of storage services do. */
    String offer(Content content) {
        String digest = content.digest();
        blobs.put(digest, content);
        return uri() + "/storage/" + digest + "?signature=secret";
    }

    @Override
    Response answer(Incoming request) throws IOException {
        // Storage services reject a signed URL with an Authorization header. Such a client also leaks its token.
        if (request.header("Authorization").isPresent()) {
            return Response.of(400).body(Content.of("<Code>InvalidArgument</Code>"));
        }
        Content content = blobs.get(request.path().substring(request.path().lastIndexOf('/') + 1));
        return content == null ? Response.of(404) : Response.of(200).body(content);
    }
}
