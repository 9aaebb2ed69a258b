package io.jenkins.plugins.dockerpromotion.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** A blob on its way in; it moves to a file once it is too large to be kept in memory. */
final class UploadSession {

    private static final int IN_MEMORY = 4 * 1024 * 1024;

    private final Path directory;
    private final String id;
    private final MessageDigest sha256 = Content.sha256();
    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private OutputStream file;
    private long size;

    UploadSession(Path directory, String id) {
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

    /** What was uploaded; the session cannot go on after that. */
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
