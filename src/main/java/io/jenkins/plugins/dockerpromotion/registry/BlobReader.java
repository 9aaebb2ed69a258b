package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import java.io.IOException;

/** Reads a small blob whole, such as an image's configuration; again, if the connection breaks in the middle of it. */
public record BlobReader(ImageName image, Descriptor blob) implements RegistryOperation<byte[]> {

    /** @throws IllegalArgumentException if {@code blob} is too large to hold, or does not say how large it is */
    public BlobReader {
        if (blob.size() < 0 || blob.size() > Integer.MAX_VALUE - 1) {
            throw new IllegalArgumentException("a blob of " + blob.size() + " bytes is not read whole");
        }
    }

    @Override
    public RegistryRequest request() {
        return BlobPuller.request(image, blob);
    }

    @Override
    public boolean accepts(int status) {
        return status == 200;
    }

    @Override
    public byte[] read(Answer answer) throws IOException {
        byte[] bytes = answer.bytes((int) blob.size());
        if (bytes.length < blob.size()) {
            throw answer.failure("it ended " + (blob.size() - bytes.length) + " bytes early");
        }
        if (!blob.digest().matches(bytes)) {
            throw answer.failure("its bytes do not have its digest");
        }
        return bytes;
    }
}
