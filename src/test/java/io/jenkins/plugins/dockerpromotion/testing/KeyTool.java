package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the JDK's {@code keytool}, since the JDK has no public class that makes certificates. */
final class KeyTool {

    static final String PASSWORD = "changeit";

    private final Path keyStore;

    KeyTool(Path keyStore) {
        this.keyStore = keyStore;
    }

    /** A key pair and its certificate; {@code options} say of which kind, and who signs it. */
    void generate(String alias, String commonName, String... options) {
        List<String> command = new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + commonName));
        command.addAll(List.of(options));
        if (!command.contains("-validity")) {
            command.addAll(List.of("-validity", "30"));
        }
        run(command);
    }

    private void run(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-storetype", "PKCS12", "-keystore", keyStore.toString(), "-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
