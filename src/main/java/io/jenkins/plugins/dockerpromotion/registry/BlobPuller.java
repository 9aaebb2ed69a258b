package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryOperation;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Map;

/**
 * Reads a blob and hands its bytes on as they arrive (OCI distribution specification, "Pulling blobs"). Most registries
 * redirect to a storage service.
 */
public record BlobPuller(ImageName image, Descriptor blob, Sink sink) implements RegistryOperation<Void> {

    /** Where the bytes go; called once at most, since nobody can tell it to forget what it has seen. */
    @FunctionalInterface
    public interface Sink {
        /** @param content the bytes that the blob's descriptor says; reading them fails if they turn out to be others */
        void accept(InputStream content) throws IOException, InterruptedException;
    }

    @Override
    public RegistryRequest request() {
        return request(image, blob);
    }

    static RegistryRequest request(ImageName image, Descriptor blob) {
        return RegistryRequest.of(
                "read the blob " + blob.digest().abbreviated() + " of " + image,
                "GET",
                Routes.blob(image, blob.digest()),
                Map.of(),
                Scope.pull(image.path()));
    }

    @Override
    public boolean accepts(int status) {
        return status == 200;
    }

    @Override
    public Void read(Answer answer) throws IOException {
        if (answer.length().filter(l -> l != blob.size()).isPresent()) {
            throw differs(answer);
        }
        try {
            sink.accept(new VerifiedStream(answer, blob));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        return null;
    }

    private RegistryException differs(Answer answer) {
        return answer.failure("it has " + answer.length().orElse(0L) + " bytes, and the manifest says " + blob.size());
    }
}
