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
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority for tests, a server certificate for the loopback interface, and a key that signs tokens. */
public final class TestCertificates implements AutoCloseable {

    /** The password of the trust store. */
    public static final String PASSWORD = "changeit";

    private static final char[] SECRET = PASSWORD.toCharArray();
    private static final String NAMES = "san=ip:127.0.0.1,dns:localhost";

    private static TestCertificates shared;

    private final TemporaryDirectory directory = new TemporaryDirectory("test-certificates");

    private TestCertificates() throws IOException, GeneralSecurityException {
        generate("ca", "Test CA", "-ext", "bc:c");
        generate("server", "localhost", "-signer", "ca", "-ext", NAMES);
        generate("token", "Test tokens", "-keyalg", "RSA", "-keysize", "2048");
        KeyStore keys = keys();
        for (String alias : List.of("ca", "server", "token")) {
            write(alias + ".pem", "CERTIFICATE", keys.getCertificate(alias).getEncoded());
        }
        write("server-key.pem", "PRIVATE KEY", keys.getKey("server", SECRET).getEncoded());
        try (OutputStream out = Files.newOutputStream(trustStore())) {
            authority().store(out, SECRET);
        }
    }

    /** Shared by all tests of a JVM, because generating the keys takes seconds; deleted when the JVM exits. */
    public static synchronized TestCertificates shared() {
        if (shared == null) {
            shared = checked(TestCertificates::new);
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    public Path caPem() {
        return file("ca.pem");
    }

    /** The certificate for 127.0.0.1 and localhost. */
    public Path serverPem() {
        return file("server.pem");
    }

    public Path serverKeyPem() {
        return file("server-key.pem");
    }

    /** The certificate of the key that signs tokens. */
    public Path tokenPem() {
        return file("token.pem");
    }

    /** A PKCS#12 file with the CA certificate, for {@code javax.net.ssl.trustStore}. */
    public Path trustStore() {
        return file("trust.p12");
    }

    /** Signs tokens that include the signer's certificate. */
    public JwtSigner signer() {
        return checked(() -> new JwtSigner(
                (PrivateKey) keys().getKey("token", SECRET), (X509Certificate) keys().getCertificate("token")));
    }

    /** For a server on the loopback interface. */
    public SSLContext serverContext() {
        return checked(() -> serverContext("server"));
    }

    /** Certificates that clients must reject, even if they trust the test authority. */
    public enum Flaw {
        EXPIRED("-startdate", "-2d", "-validity", "1", "-signer", "ca", "-ext", NAMES),
        OTHER_HOST("-signer", "ca", "-ext", "san=dns:other.test"),
        SELF_SIGNED("-ext", NAMES);

        private final String[] options;

        Flaw(String... options) {
            this.options = options;
        }
    }

    /** For a server that clients must reject. */
    public synchronized SSLContext flawedContext(Flaw flaw) {
        return checked(() -> {
            if (!keys().containsAlias(flaw.name())) {
                generate(flaw.name(), "localhost", flaw.options);
            }
            return serverContext(flaw.name());
        });
    }

    /** For a client that trusts only the test authority. */
    public SSLContext clientContext() {
        return checked(() -> {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authority());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        });
    }

    @Override
    public void close() {
        directory.close();
    }

    private SSLContext serverContext(String alias) throws IOException, GeneralSecurityException {
        KeyStore one = empty();
        one.setKeyEntry(alias, keys().getKey(alias, SECRET), SECRET, keys().getCertificateChain(alias));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(one, SECRET);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private KeyStore authority() throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        store.setCertificateEntry("ca", keys().getCertificate("ca"));
        return store;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file("keys.p12"))) {
            store.load(in, SECRET);
        }
        return store;
    }

    private Path file(String name) {
        return directory.path().resolve(name);
    }

    private void write(String name, String kind, byte[] der) throws IOException {
        Files.writeString(file(name), ImageSigner.pem(kind, der));
    }

    /**
     * Generates a key pair and its certificate with {@code keytool}, because the JDK has no public API for this.
     *
     * @param options more options of {@code keytool}, such as the algorithm, the signer and the validity
     */
    private void generate(String alias, String commonName, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + commonName));
        command.addAll(
                List.of("-storetype", "PKCS12", "-keystore", file("keys.p12").toString(), "-storepass", PASSWORD));
        command.addAll(List.of(options));
        if (!command.contains("-keyalg")) {
            command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
        }
        if (!command.contains("-validity")) {
            command.addAll(List.of("-validity", "30"));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }

    private interface Making<T> {
        T make() throws IOException, GeneralSecurityException;
    }

    private static <T> T checked(Making<T> making) {
        try {
            return making.make();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
