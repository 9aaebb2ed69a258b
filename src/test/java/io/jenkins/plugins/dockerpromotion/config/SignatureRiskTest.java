package io.jenkins.plugins.dockerpromotion.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureRiskTest {

    @ParameterizedTest
    @CsvSource({
        "REQUESTS, new java.net.URL java.lang.String",
        "REQUESTS, method java.net.URL openConnection",
        "REQUESTS, method java.net.URLConnection setRequestProperty java.lang.String java.lang.String",
        "REQUESTS, method java.net.HttpURLConnection getResponseCode",
        "REQUESTS, staticMethod javax.net.ssl.HttpsURLConnection setDefaultSSLSocketFactory javax.net.ssl.SSLSocketFactory",
        "REQUESTS, staticMethod java.net.http.HttpClient newHttpClient",
        "REQUESTS, staticMethod org.codehaus.groovy.runtime.DefaultGroovyMethods getText java.net.URL java.util.Map",
        "REQUESTS, staticMethod org.codehaus.groovy.runtime.ResourceGroovyMethods getText java.net.URL",
        "REQUESTS, staticMethod org.codehaus.groovy.runtime.StringGroovyMethods toURL java.lang.String",
        "STREAMS, staticMethod org.codehaus.groovy.runtime.DefaultGroovyMethods withWriter java.io.OutputStream groovy.lang.Closure",
        "STREAMS, staticMethod org.codehaus.groovy.runtime.IOGroovyMethods getText java.io.InputStream",
        "STREAMS, method java.io.Writer write java.lang.String",
        "STREAMS, new java.io.OutputStreamWriter java.io.OutputStream",
        "JSON, new groovy.json.JsonSlurperClassic",
        "JSON, new groovy.json.JsonSlurper",
        "JSON, method groovy.json.JsonSlurperClassic parseText java.lang.String",
        "JSON, staticMethod groovy.json.JsonOutput toJson java.lang.Object",
        "COMMANDS, staticMethod org.codehaus.groovy.runtime.ProcessGroovyMethods execute java.lang.String",
        "COMMANDS, staticMethod org.codehaus.groovy.runtime.DefaultGroovyMethods execute java.util.List",
        "COMMANDS, staticMethod org.codehaus.groovy.runtime.ProcessGroovyMethods getText java.lang.Process",
        "COMMANDS, method java.lang.Process waitFor",
        "COMMANDS, staticMethod java.lang.Runtime getRuntime",
        "ENCODING, staticMethod org.codehaus.groovy.runtime.EncodingGroovyMethods encodeBase64 byte[]",
        "ENCODING, staticMethod org.codehaus.groovy.runtime.DefaultGroovyMethods encodeBase64 byte[]",
        "ENCODING, staticMethod java.util.Base64 getEncoder",
        "ENCODING, method java.util.Base64$Encoder encodeToString byte[]",
        "CREDENTIALS, staticMethod com.cloudbees.plugins.credentials.CredentialsProvider lookupCredentials java.lang.Class",
        "CREDENTIALS, method com.cloudbees.plugins.credentials.common.PasswordCredentials getPassword",
        "CREDENTIALS, method hudson.util.Secret getPlainText"
    })
    void isKnownOfWhatHandWrittenHelpersNeed(SignatureRisk risk, String signature) {
        assertThat(SignatureRisk.of(signature)).contains(risk);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "method java.util.Map get java.lang.Object",
                "method hudson.model.Job getLastBuild",
                "method hudson.model.Run getNumber",
                "new java.net.URLClassLoader java.net.URL[]",
                "staticMethod java.net.URLEncoder encode java.lang.String java.lang.String",
                "staticMethod org.codehaus.groovy.runtime.DefaultGroovyMethods sort java.util.List",
                "staticMethod org.codehaus.groovy.runtime.ResourceGroovyMethods getText java.io.File",
                "new java.io.File java.lang.String",
                "method groovy.json.JsonSlurperX parse",
                "xmethod java.net.URL openConnection"
            })
    void isSilentAboutWhatHasOtherUses(String signature) {
        assertThat(SignatureRisk.of(signature)).isEmpty();
    }

    @Test
    void eachIsToldInOneLine() {
        assertThat(Arrays.stream(SignatureRisk.values()).map(SignatureRisk::getText))
                .doesNotHaveDuplicates()
                .allMatch(text -> text.startsWith("Any sandboxed Pipeline can ") && !text.contains("\n"));
    }
}
