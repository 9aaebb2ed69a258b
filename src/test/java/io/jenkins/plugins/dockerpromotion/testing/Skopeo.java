package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a registry with an independent client, skopeo, if it is installed. */
public final class Skopeo {

    /** Without a login and without verification of the registry's certificate. */
    public static final Skopeo ANONYMOUS = new Skopeo(Optional.empty(), Optional.empty());

    private static final String COMMAND = "skopeo";

    private final Optional<String> login;
    private final Optional<Path> authority;

    private Skopeo(Optional<String> login, Optional<Path> authority) {
        this.login = login;
        this.authority = authority;
    }

    public static boolean isAvailable() {
        return FieldTool.find(COMMAND).isPresent();
    }

    /** Prints the reason and skips the test class, or one test, if skopeo is not installed. */
    public static void assumeAvailable(Class<?> testClass) {
        FieldTool.assumeAvailable(testClass, COMMAND);
    }

    public Skopeo basic(String user, String password) {
        return new Skopeo(Optional.of(user + ":" + password), authority);
    }

    /** Requires a certificate that the certificate authority in this PEM file signed. */
    public Skopeo trusting(Path pem) {
        return new Skopeo(login, Optional.of(pem));
    }

    /** The digest of {@code image}, such as {@code 127.0.0.1:5000/group/app:1.0}, computed from its manifest. */
    public String digest(String image) throws IOException, InterruptedException {
        try (TemporaryDirectory directory = new TemporaryDirectory("skopeo")) {
            String manifest = FieldTool.of(COMMAND, directory.path())
                    .run(inspect(image, directory.path()).toArray(String[]::new));
            return Content.of(manifest).digest();
        }
    }

    private List<String> inspect(String image, Path directory) throws IOException {
        List<String> command = new ArrayList<>(List.of("inspect", "--raw"));
        login.ifPresent(l -> command.add("--creds=" + l));
        if (authority.isPresent()) {
            Files.copy(authority.get(), directory.resolve("ca.crt"));
            command.add("--cert-dir=" + directory);
        } else {
            command.add("--tls-verify=false");
        }
        command.add("docker://" + image);
        return command;
    }
}
