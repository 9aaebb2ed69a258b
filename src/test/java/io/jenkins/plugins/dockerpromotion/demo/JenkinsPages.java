package io.jenkins.plugins.dockerpromotion.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** Reads the web pages of a controller. */
final class JenkinsPages {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Console annotations, which Jenkins embeds in a log. */
    private static final Pattern CONSOLE_NOTE = Pattern.compile("\u001b\\[8mha:[^\u001b]*\u001b\\[0m");

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI url;

    /** @param url ends with a slash */
    JenkinsPages(URI url) {
        this.url = url;
    }

    URI url() {
        return url;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path), BodyHandlers.ofString(UTF_8));
    }

    /** Downloads a file. Returns false, for example, while the controller does not listen yet. */
    boolean download(String path, Path file) throws InterruptedException {
        try {
            return http.send(request(path), BodyHandlers.ofFile(file)).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Prints a log line by line until it is complete. It may not exist yet.
     *
     * @throws IOException also after a timeout of ten minutes
     */
    void follow(String path, PrintStream out) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long read = 0;
        String unfinished = "";
        for (boolean more = true; more; ) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the build did not end");
            }
            Thread.sleep(POLL.toMillis());
            HttpResponse<String> answer = get(path + "?start=" + read);
            if (answer.statusCode() == 200) {
                read = answer.headers().firstValueAsLong("X-Text-Size").orElse(read);
                more = answer.headers().firstValue("X-More-Data").isPresent();
                String text = unfinished + answer.body();
                int end = text.lastIndexOf('\n') + 1;
                out.print(CONSOLE_NOTE.matcher(text.substring(0, end)).replaceAll(""));
                unfinished = text.substring(end);
            }
        }
    }

    private HttpRequest request(String path) {
        return HttpRequest.newBuilder(url.resolve(path))
                .timeout(Duration.ofSeconds(30))
                .build();
    }
}
