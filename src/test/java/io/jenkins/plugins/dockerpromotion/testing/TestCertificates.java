package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority that only tests trust, its certificate for the loopback interface, and a key for tokens. */
public final class TestCertificates implements AutoCloseable {

    /** Password of the trust store. */
    public static final String PASSWORD = KeyTool.PASSWORD;

    private static TestCertificates shared;

    private final TemporaryDirectory directory = new TemporaryDirectory("test-certificates");
    private final KeyStore keys;

    private TestCertificates() throws IOException, GeneralSecurityException {
        Path file = directory.path().resolve("keys.p12");
        KeyTool keyTool = new KeyTool(file);
        keyTool.generate("ca", "Test CA", "-keyalg", "EC", "-groupname", "secp256r1", "-ext", "bc:c");
        String names = "san=ip:127.0.0.1,dns:localhost";
        keyTool.generate(
                "server", "localhost", "-keyalg", "EC", "-groupname", "secp256r1", "-signer", "ca", "-ext", names);
        keyTool.generate("token", "Test tokens", "-keyalg", "RSA", "-keysize", "2048");
        keys = load(file);
        writePem("ca.pem", "CERTIFICATE", certificate("ca").getEncoded());
        writePem("server.pem", "CERTIFICATE", certificate("server").getEncoded());
        writePem("server-key.pem", "PRIVATE KEY", key("server").getEncoded());
        writePem("token.pem", "CERTIFICATE", certificate("token").getEncoded());
        try (OutputStream out = Files.newOutputStream(trustStore())) {
            TlsContexts.trusting(certificate("ca")).store(out, PASSWORD.toCharArray());
        }
    }

    /** The same for all tests of a run, as it takes seconds to make them; gone when the virtual machine ends. */
    public static synchronized TestCertificates shared() {
        if (shared == null) {
            try {
                shared = new TestCertificates();
                Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return shared;
    }

    public Path caPem() {
        return directory.path().resolve("ca.pem");
    }

    /** The certificate for 127.0.0.1 and localhost. */
    public Path serverPem() {
        return directory.path().resolve("server.pem");
    }

    public Path serverKeyPem() {
        return directory.path().resolve("server-key.pem");
    }

    /** The certificate of the key that signs tokens. */
    public Path tokenPem() {
        return directory.path().resolve("token.pem");
    }

    /** A PKCS12 file with the authority's certificate, as {@code javax.net.ssl.trustStore} takes it. */
    public Path trustStore() {
        return directory.path().resolve("trust.p12");
    }

    /** Signs tokens that carry their certificate. */
    public JwtSigner signer() {
        try {
            return new JwtSigner(key("token"), certificate("token"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For a server on the loopback interface. */
    public SSLContext serverContext() {
        try {
            return TlsContexts.server(key("server"), keys.getCertificateChain("server"));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Certificates that no client may accept, though its authority be that of the tests. */
    public enum Flaw {
        EXPIRED("-startdate", "-2d", "-validity", "1", "-signer", "ca", "-ext", "san=ip:127.0.0.1,dns:localhost"),
        OTHER_HOST("-signer", "ca", "-ext", "san=dns:other.test"),
        SELF_SIGNED("-ext", "san=ip:127.0.0.1,dns:localhost");

        private final List<String> options;

        Flaw(String... options) {
            this.options = List.of(options);
        }
    }

    /** For a server that no client may talk to. */
    public synchronized SSLContext flawedContext(Flaw flaw) {
        try {
            Path file = directory.path().resolve("keys.p12");
            KeyStore store = load(file);
            if (!store.containsAlias(flaw.name())) {
                List<String> options = new ArrayList<>(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
                options.addAll(flaw.options);
                new KeyTool(file).generate(flaw.name(), "localhost", options.toArray(String[]::new));
                store = load(file);
            }
            PrivateKey key = (PrivateKey) store.getKey(flaw.name(), PASSWORD.toCharArray());
            return TlsContexts.server(key, store.getCertificateChain(flaw.name()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }

    /** For a client that trusts the authority, and no other. */
    public SSLContext clientContext() {
        try {
            return TlsContexts.client(certificate("ca"));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        directory.close();
    }

    private PrivateKey key(String alias) throws GeneralSecurityException {
        return (PrivateKey) keys.getKey(alias, PASSWORD.toCharArray());
    }

    private X509Certificate certificate(String alias) throws GeneralSecurityException {
        return (X509Certificate) keys.getCertificate(alias);
    }

    private void writePem(String name, String kind, byte[] der) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN " + kind + "-----\n" + base64 + "\n-----END " + kind + "-----\n";
        Files.writeString(directory.path().resolve(name), pem, StandardCharsets.US_ASCII);
    }

    /** Runs the JDK's {@code keytool}, since the JDK has no public class that makes certificates. */
    private static final class KeyTool {

        static final String PASSWORD = "changeit";

        private final Path keyStore;

        KeyTool(Path keyStore) {
            this.keyStore = keyStore;
        }

        /** A key pair and its certificate; {@code options} say of which kind, and who signs it. */
        void generate(String alias, String commonName, String... options) {
            List<String> command =
                    new ArrayList<>(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + commonName));
            command.addAll(List.of(options));
            if (!command.contains("-validity")) {
                command.addAll(List.of("-validity", "30"));
            }
            run(command);
        }

        private void run(List<String> arguments) {
            List<String> command = new ArrayList<>();
            command.add(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
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

    /** TLS contexts out of keys and certificates at hand. */
    private static final class TlsContexts {

        private static final char[] PASSWORD = KeyTool.PASSWORD.toCharArray();

        private TlsContexts() {}

        static SSLContext server(PrivateKey key, Certificate[] chain) throws IOException, GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setKeyEntry("server", key, PASSWORD, chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(factory.getKeyManagers(), null, null);
            return context;
        }

        static SSLContext client(Certificate authority) throws IOException, GeneralSecurityException {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusting(authority));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        }

        static KeyStore trusting(Certificate authority) throws IOException, GeneralSecurityException {
            KeyStore store = emptyStore();
            store.setCertificateEntry("ca", authority);
            return store;
        }

        private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        }
    }
}
