package io.jenkins.plugins.dockerpromotion.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import io.jenkins.plugins.dockerpromotion.testing.TestJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium, controlled over its DevTools protocol. */
public final class Chromium implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final TemporaryDirectory profile;
    private final Process process;
    private final WebSocket socket;
    private final Answers answers;
    private final AtomicInteger commands = new AtomicInteger();

    private Chromium(TemporaryDirectory profile, Process process, WebSocket socket, Answers answers) {
        this.profile = profile;
        this.process = process;
        this.socket = socket;
        this.answers = answers;
    }

    /**
     * Starts the browser with an empty page.
     *
     * @param program the path of the browser, or its name on {@code PATH}
     */
    public static Chromium start(String program) throws Exception {
        TemporaryDirectory profile = new TemporaryDirectory("chromium");
        Process process = new ProcessBuilder(command(program, profile.path()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        HttpClient client = HttpClient.newHttpClient();
        URI pages = new URI("http", null, "127.0.0.1", port(process, profile.path()), "/json/new", "about:blank", null);
        HttpResponse<byte[]> page = client.send(
                HttpRequest.newBuilder(pages)
                        .PUT(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        Answers answers = new Answers();
        WebSocket socket = client.newWebSocketBuilder()
                .buildAsync(
                        URI.create(TestJson.parse(page.body())
                                .path("webSocketDebuggerUrl")
                                .asText()),
                        answers)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Chromium chromium = new Chromium(profile, process, socket, answers);
        chromium.call("Page.enable", Map.of());
        return chromium;
    }

    private static List<String> command(String program, Path profile) {
        List<String> command = new ArrayList<>(List.of(program, "--headless=new", "--remote-debugging-port=0"));
        command.add("--user-data-dir=" + profile);
        Stream.of(
                        "no-first-run disable-gpu disable-quic disable-sync disable-background-networking"
                                + " disable-component-update hide-scrollbars disable-lcd-text font-render-hinting=none lang=en-US")
                .flatMap(options -> Stream.of(options.split(" ")))
                .forEach(option -> command.add("--" + option));
        if (System.getProperty("user.name").equals("root")) {
            // Chromium's sandbox does not run as root.
            command.add("--no-sandbox");
        }
        return command;
    }

    /** Returns the port from the first of the two lines that Chromium writes to a file of its profile. */
    private static int port(Process process, Path profile) throws Exception {
        Path written = profile.resolve("DevToolsActivePort");
        while (!Files.exists(written) || Files.readAllLines(written).size() < 2) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException("Chromium ended with " + process.exitValue() + " before it had started");
            }
        }
        return Integer.parseInt(Files.readAllLines(written).get(0));
    }

    /** Receives the browser's responses and events. */
    private static final class Answers implements WebSocket.Listener {
        private final Map<Integer, CompletableFuture<JsonNode>> awaited = new ConcurrentHashMap<>();
        private final StringBuilder text = new StringBuilder();
        private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                JsonNode message = TestJson.parse(text.toString().getBytes(StandardCharsets.UTF_8));
                text.setLength(0);
                if (message.has("id")) {
                    awaited.remove(message.path("id").asInt()).complete(message);
                } else if (message.path("method").asText().equals("Page.loadEventFired")) {
                    loaded.complete(null);
                }
            }
            socket.request(1);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            awaited.values().forEach(answer -> answer.completeExceptionally(error));
        }
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = commands.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.awaited.put(id, answer);
        socket.sendText(TestJson.text(Map.of("id", id, "method", method, "params", parameters)), true);
        JsonNode message = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message.has("error")) {
            throw new IOException(method + ": " + message.path("error"));
        }
        return message.path("result");
    }

    /** Sets the size of the viewport in pixels. */
    public void resize(int width, int height) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Sets the user's preference for a dark colour scheme. */
    public void preferDark(boolean dark) throws Exception {
        Map<String, String> scheme = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        call("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    }

    /** Runs {@code script} in each page that is opened from now on, before the page's own scripts. */
    public void onEachPage(String script) throws Exception {
        call("Page.addScriptToEvaluateOnNewDocument", Map.of("source", script));
    }

    /** Opens a page and waits until it is loaded. */
    public void open(String address) throws Exception {
        answers.loaded = new CompletableFuture<>();
        call("Page.navigate", Map.of("url", address));
        answers.loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Evaluates an expression, and awaits its value if it is a promise. */
    public JsonNode run(String script) throws Exception {
        JsonNode result =
                call("Runtime.evaluate", Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
        if (result.has("exceptionDetails")) {
            throw new IOException(script + ": " + result.path("exceptionDetails"));
        }
        return result.path("result").path("value");
    }

    /** Waits until a condition of the page is true. */
    public void await(String condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!run("Boolean(" + condition + ")").asBoolean()) {
            if (System.nanoTime() > end) {
                throw new IOException("waited in vain for " + condition);
            }
            Thread.sleep(50);
        }
    }

    /**
     * Takes a screenshot of the part of the page that contains the given elements, with a margin.
     *
     * @param selectors CSS selectors of the elements
     * @param height the maximum height of the picture, in pixels
     */
    public void picture(Path file, String selectors, int height) throws Exception {
        String measure = """
                (() => {
                    const boxes = [...document.querySelectorAll(%s)].map(e => e.getBoundingClientRect())
                        .filter(box => box.width * box.height > 0);
                    const x = Math.max(0, Math.min(...boxes.map(box => box.left)) - 4);
                    const y = Math.max(0, Math.min(...boxes.map(box => box.top)) + scrollY - 4);
                    return {x: Math.floor(x), y: Math.floor(y), scale: 1,
                        width: Math.ceil(Math.min(innerWidth, Math.max(...boxes.map(box => box.right)) + 4) - x),
                        height: Math.ceil(Math.min(%d, Math.max(...boxes.map(box => box.bottom)) + scrollY + 4 - y))};
                })()""".formatted(TestJson.text(selectors), height);
        JsonNode part = run(measure);
        // Forms still change their size after their scripts have finished.
        for (JsonNode before = null; !part.equals(before); part = run(measure)) {
            before = part;
            Thread.sleep(500);
        }
        JsonNode picture =
                call("Page.captureScreenshot", Map.of("format", "png", "clip", part, "captureBeyondViewport", true));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        profile.close();
    }
}
