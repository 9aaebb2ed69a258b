package io.jenkins.plugins.dockerpromotion.steps;

import hudson.model.Computer;
import io.jenkins.plugins.dockerpromotion.testing.SecretSearch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import jenkins.security.MasterToSlaveCallable;
import org.jvnet.hudson.test.JenkinsRule;

/**
 * Observes what is not stored: the log records of the controller (those of this plugin at all levels), and the command
 * lines and environments of all child processes.
 */
final class Witness extends Handler {

    private static final String OURS = Witness.class.getPackageName().replaceFirst("\\.\\w+$", "");

    private final Set<String> records = ConcurrentHashMap.newKeySet();
    private final Set<String> processes = ConcurrentHashMap.newKeySet();
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger(OURS);
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Thread sampler = new Thread(this::sample, "witness");
    private volatile boolean stopped;

    Witness() {
        setLevel(Level.ALL);
        root.addHandler(this);
        ours.setLevel(Level.ALL);
        sampler.setDaemon(true);
        sampler.start();
    }

    /** Sets the same log level on the agents, whose logs the controller stores. */
    void listen(JenkinsRule jenkins) throws Exception {
        for (Computer computer : jenkins.jenkins.getComputers()) {
            if (computer.getNode() != jenkins.jenkins) {
                computer.waitUntilOnline();
                computer.getChannel().call(new Verbose(OURS));
            }
        }
    }

    private static final class Verbose extends MasterToSlaveCallable<Void, RuntimeException> {
        private static final long serialVersionUID = 1L;

        /** Strong references: the LogManager refers to loggers only weakly. */
        private static final List<Logger> LOGGERS = new ArrayList<>();

        private final String name;

        Verbose(String name) {
            this.name = name;
        }

        @Override
        public Void call() {
            Logger logger = Logger.getLogger(name);
            logger.setLevel(Level.ALL);
            Handler handler = new ConsoleHandler();
            handler.setLevel(Level.ALL);
            logger.addHandler(handler);
            LOGGERS.add(logger);
            return null;
        }
    }

    private void sample() {
        try {
            while (!stopped) {
                ProcessHandle.current().descendants().forEach(process -> {
                    Path proc = Path.of("/proc", Long.toString(process.pid()));
                    read(proc.resolve("cmdline"));
                    read(proc.resolve("environ"));
                });
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Path file) {
        try {
            processes.add(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // The process has ended.
        }
    }

    /** Returns the leaks that were observed. */
    List<String> leaks(SecretSearch search) {
        List<String> leaks = new ArrayList<>();
        records.stream()
                .filter(text -> !search.in(text).isEmpty())
                .forEach(text -> leaks.add("log: " + search.in(text) + " in " + text));
        processes.stream()
                .filter(text -> !search.in(text).isEmpty())
                .forEach(text -> leaks.add("process: " + search.in(text)));
        return leaks;
    }

    /** Whether any process with this text in its command line or environment was observed. */
    boolean sawEnvironmentOf(String text) {
        return processes.stream().anyMatch(seen -> seen.contains(text));
    }

    /** Stops observing. */
    void stop() throws InterruptedException {
        stopped = true;
        sampler.join();
        root.removeHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
        records.add(formatter.format(record));
    }

    @Override
    public void flush() {
        // Nothing is buffered.
    }

    @Override
    public void close() {
        stopped = true;
        root.removeHandler(this);
    }
}
