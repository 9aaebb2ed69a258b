package io.jenkins.plugins.dockerpromotion.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The risks of approved signatures that hand-written registry helpers need, and that this plugin makes unnecessary. The
 * first match applies; the worst risks come first.
 */
public enum SignatureRisk {
    COMMANDS(
            Messages::SignatureRisk_commands,
            "java.lang.(Runtime|ProcessBuilder|Process) .*",
            groovy("execute .*"),
            groovy("\\w+ java.lang.Process( .*)?")),
    CREDENTIALS(
            Messages::SignatureRisk_credentials,
            "com.cloudbees.plugins.credentials.Credentials(Provider|Matchers) .*",
            "com.cloudbees.plugins.credentials.common.\\w+ getPassword",
            "com.cloudbees.plugins.credentials.SystemCredentialsProvider .*",
            "org.jenkinsci.plugins.plaincredentials.\\w+ get\\w+",
            "hudson.util.Secret (getPlainText|getEncryptedValue|toString.*)"),
    REQUESTS(
            Messages::SignatureRisk_requests,
            "java.net.(URL|URLConnection|HttpURLConnection|JarURLConnection|Socket)( .*)?",
            "java.net.URI toURL",
            "java.net.http.[\\w$]+( .*)?",
            "javax.net.ssl.\\w+( .*)?",
            groovy("\\w+ java.net.URL( .*)?"),
            groovy("toURL java.lang.String")),
    STREAMS(
            Messages::SignatureRisk_streams,
            "java.io.(OutputStreamWriter|InputStreamReader|BufferedReader|BufferedWriter|DataOutputStream|PrintWriter)( .*)?",
            "java.io.(OutputStream|InputStream|Writer|Reader|Flushable|Closeable)( .*)?",
            groovy("\\w+ java.io.(OutputStream|InputStream|Writer|Reader|BufferedReader)( .*)?")),
    JSON(
            Messages::SignatureRisk_json,
            "groovy.json.(JsonSlurper|JsonSlurperClassic|JsonBuilder|JsonOutput|JsonParser)( .*)?"),
    ENCODING(
            Messages::SignatureRisk_encoding,
            "java.util.Base64( .*|\\$\\w+ .*)",
            "javax.xml.bind.DatatypeConverter \\w+.*",
            "org.apache.commons.codec.binary.Base64( .*)?",
            groovy("(encodeBase64|decodeBase64|encodeBase64Url|decodeBase64Url) .*"));

    private final Supplier<String> text;
    private final Pattern signatures;

    /** @param signatures expressions for the part after the type of a signature: a class, and maybe a member */
    SignatureRisk(Supplier<String> text, String... signatures) {
        this.text = text;
        this.signatures =
                Pattern.compile("(new|method|staticMethod|field|staticField) (" + String.join("|", signatures) + ")");
    }

    /** Groovy's extension methods for Java classes; the class that defines them differs between releases. */
    private static String groovy(String member) {
        return "org.codehaus.groovy.runtime.\\w+GroovyMethods " + member;
    }

    /** The risk of {@code signature}; empty for signatures with other uses. */
    public static Optional<SignatureRisk> of(String signature) {
        return Arrays.stream(values())
                .filter(risk -> risk.signatures.matcher(signature).matches())
                .findFirst();
    }

    /** Describes in one line what a sandboxed script can do with it. */
    public String getText() {
        return text.get();
    }
}
