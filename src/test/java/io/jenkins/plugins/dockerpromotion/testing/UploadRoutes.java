package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Uploads of blobs: mounted, in one request, or in a session. */
final class UploadRoutes implements AutoCloseable {

    private final RegistryContent content;
    private final RegistrySettings settings;
    private final Map<String, UploadSession> sessions = new ConcurrentHashMap<>();
    private final TemporaryDirectory directory = new TemporaryDirectory("in-memory-registry");

    UploadRoutes(RegistryContent content, RegistrySettings settings) {
        this.content = content;
        this.settings = settings;
    }

    /** Sessions that were begun and neither finished nor cancelled. */
    int open() {
        return sessions.size();
    }

    @Override
    public void close() {
        directory.close();
    }

    Answer answer(Incoming request, String name, String id, Optional<Answer> sourceRefused) throws IOException {
        if (id.isEmpty()) {
            return request.is("POST")
                    ? begin(request, name, sourceRefused)
                    : Answer.error(405, "UNSUPPORTED", "method not allowed");
        }
        UploadSession session = sessions.get(id);
        // The state is what makes clients keep the query of the Location when they add the digest to it.
        if (session == null || !request.parameter("_state").equals(Optional.of(state(session)))) {
            return Answer.error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        return switch (request.method()) {
            case "PATCH" -> append(request, name, session);
            case "PUT" -> finish(request, name, session);
            case "DELETE" -> cancel(session);
            case "GET" -> accepted(request, name, session, 204);
            default -> Answer.error(405, "UNSUPPORTED", "method not allowed");
        };
    }

    private Answer begin(Incoming request, String name, Optional<Answer> sourceRefused) throws IOException {
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
        UploadSession session =
                new UploadSession(directory.path(), UUID.randomUUID().toString());
        sessions.put(session.id(), session);
        return request.parameter("digest").isPresent() && !settings.has(Quirk.NO_MONOLITHIC_UPLOAD)
                ? finish(request, name, session)
                : accepted(request, name, session, 202);
    }

    private Answer append(Incoming request, String name, UploadSession session) throws IOException {
        Optional<String> range = request.header("Content-Range");
        if (range.isPresent() && !range.get().startsWith(session.size() + "-")) {
            return Answer.error(416, "RANGE_INVALID", "chunks must be uploaded in order");
        }
        session.append(request.body());
        return accepted(request, name, session, 202);
    }

    private Answer finish(Incoming request, String name, UploadSession session) throws IOException {
        session.append(request.body());
        sessions.remove(session.id());
        Content uploaded = session.finish();
        if (!request.parameter("digest").equals(Optional.of(uploaded.digest()))) {
            session.cancel();
            return Answer.error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }
        content.create(name).store(uploaded.digest(), uploaded);
        return created(name, uploaded.digest());
    }

    private Answer cancel(UploadSession session) throws IOException {
        sessions.remove(session.id());
        session.cancel();
        return Answer.of(204);
    }

    private Answer accepted(Incoming request, String name, UploadSession session, int status) {
        String origin = settings.has(Quirk.RELATIVE_UPLOAD_LOCATION) ? "" : request.origin();
        String location = origin + "/v2/" + name + "/blobs/uploads/" + session.id() + "?_state=" + state(session);
        return Answer.of(status)
                .with("Location", location)
                .with("Docker-Upload-UUID", session.id())
                .with("Range", "0-" + Math.max(session.size() - 1, 0));
    }

    private static Answer created(String name, String digest) {
        return Answer.of(201)
                .with("Location", "/v2/" + name + "/blobs/" + digest)
                .with("Docker-Content-Digest", digest);
    }

    private static String state(UploadSession session) {
        return "s" + session.size();
    }
}
