package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes in a file whose length and digest were taken while it was written. */
record FileContent(Path file, long size, String digest) implements Content {

    @Override
    public InputStream open() throws IOException {
        return Files.newInputStream(file);
    }
}
