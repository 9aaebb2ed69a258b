package io.jenkins.plugins.dockerpromotion.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The blob upload API: mounts and upload sessions. */
final class Uploads implements AutoCloseable {

    private final RegistryContent content;
    private final InMemoryRegistry.Builder settings;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();
    private final TemporaryDirectory directory = new TemporaryDirectory("in-memory-registry");

    Uploads(RegistryContent content, InMemoryRegistry.Builder settings) {
        this.content = content;
        this.settings = settings;
    }

    /** The number of sessions that were neither finished nor cancelled. */
    int open() {
        return sessions.size();
    }

    @Override
    public void close() {
        directory.close();
    }

    Response answer(Incoming request, String name, String id, Optional<Response> sourceRefused) throws IOException {
        if (id.isEmpty()) {
            return request.is("POST")
                    ? begin(request, name, sourceRefused)
                    : Response.error(405, "UNSUPPORTED", "method not allowed");
        }
        Session session = sessions.get(id);
        // The state detects clients that drop the query of the Location when they add the digest.
        if (session == null || !request.parameter("_state").equals(Optional.of(state(session)))) {
            return Response.error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        return switch (request.method()) {
            case "PATCH" -> append(request, name, session);
            case "PUT" -> finish(request, name, session);
            case "DELETE" -> cancel(session);
            case "GET" -> accepted(request, name, session, 204);
            default -> Response.error(405, "UNSUPPORTED", "method not allowed");
        };
    }

    private Response begin(Incoming request, String name, Optional<Response> sourceRefused) throws IOException {
        Optional<String> mount = request.parameter("mount");
        Optional<Content> source =
                request.parameter("from").flatMap(content::find).flatMap(repository -> mount.flatMap(repository::blob));
        if (mount.isPresent() && sourceRefused.isPresent() && settings.has(Quirk.MOUNT_CHALLENGES_FOR_SOURCE)) {
            return sourceRefused.get();
        }
        if (source.isPresent() && sourceRefused.isEmpty() && !settings.has(Quirk.NO_MOUNT)) {
            content.create(name).store(mount.get(), source.get());
            return created(name, mount.get());
        }
        Session session = new Session(directory.path(), UUID.randomUUID().toString());
        sessions.put(session.id(), session);
        return accepted(request, name, session, 202);
    }

    private Response append(Incoming request, String name, Session session) throws IOException {
        Optional<String> range = request.header("Content-Range");
        if (range.isPresent() && !range.get().startsWith(session.size() + "-")) {
            return Response.error(416, "RANGE_INVALID", "chunks must be uploaded in order");
        }
        session.append(request.body());
        return accepted(request, name, session, 202);
    }

    private Response finish(Incoming request, String name, Session session) throws IOException {
        session.append(request.body());
        sessions.remove(session.id());
        Content uploaded = session.finish();
        if (!request.parameter("digest").equals(Optional.of(uploaded.digest()))) {
            session.cancel();
            return Response.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        content.create(name).store(uploaded.digest(), uploaded);
        return created(name, uploaded.digest());
    }

    private Response cancel(Session session) throws IOException {
        sessions.remove(session.id());
        session.cancel();
        return Response.of(204);
    }

    private Response accepted(Incoming request, String name, Session session, int status) {
        String location =
                request.origin() + "/v2/" + name + "/blobs/uploads/" + session.id() + "?_state=" + state(session);
        return Response.of(status)
                .with("Location", location)
                .with("Docker-Upload-UUID", session.id())
                .with("Range", "0-" + Math.max(session.size() - 1, 0));
    }

    private static Response created(String name, String digest) {
        return Response.of(201)
                .with("Location", "/v2/" + name + "/blobs/" + digest)
                .with("Docker-Content-Digest", digest);
    }

    private static String state(Session session) {
        return "s" + session.size();
    }

    /** An upload session. A blob above 4 MiB moves from memory to a file. */
    private static final class Session {

        private static final int IN_MEMORY = 4 * 1024 * 1024;

        private final Path directory;
        private final String id;
        private final MessageDigest sha256 = Content.sha256();
        private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
        private OutputStream file;
        private long size;

        Session(Path directory, String id) {
            this.directory = directory;
            this.id = id;
        }

        String id() {
            return id;
        }

        synchronized long size() {
            return size;
        }

        synchronized void append(InputStream in) throws IOException {
            byte[] buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                target().write(buffer, 0, n);
                size += n;
            }
        }

        /** Ends the session and returns the uploaded content. */
        synchronized Content finish() throws IOException {
            String digest = Content.digest(sha256);
            if (file == null) {
                byte[] bytes = memory.toByteArray();
                return Content.of(bytes);
            }
            file.close();
            return new FileContent(path(), size, digest);
        }

        synchronized void cancel() throws IOException {
            if (file != null) {
                file.close();
                Files.deleteIfExists(path());
            }
        }

        private OutputStream target() throws IOException {
            if (file == null && memory.size() < IN_MEMORY) {
                return memory;
            }
            if (file == null) {
                file = Files.newOutputStream(path());
                memory.writeTo(file);
                memory.reset();
            }
            return file;
        }

        private Path path() {
            return directory.resolve(id);
        }
    }

    /** A file whose length and digest were computed while it was written. */
    private record FileContent(Path file, long size, String digest) implements Content {

        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }
    }
}
