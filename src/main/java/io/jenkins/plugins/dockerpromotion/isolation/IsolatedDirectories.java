package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.XmlFile;
import hudson.init.InitMilestone;
import hudson.model.Computer;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;

/**
 * The directories with logins that there are on agents, each with a file of its own in Jenkins' home: written before the
 * directory is made, and deleted after it is removed. So none is forgotten, whichever process is killed when.
 */
@Extension
public final class IsolatedDirectories {

    private static final Logger LOGGER = Logger.getLogger(IsolatedDirectories.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    /** Agents come and go under one name; one that does not exist for so long is not waited for any longer. */
    static final Duration WAIT_FOR_NODE = Duration.ofDays(7);

    static {
        XSTREAM.alias("isolatedDirectory", IsolatedDirectory.class);
    }

    private final File home;
    private final Map<String, IsolatedDirectory> all = new ConcurrentHashMap<>();

    public IsolatedDirectories() {
        this(new File(Jenkins.get().getRootDir(), IsolatedDirectories.class.getName()));
    }

    IsolatedDirectories(File home) {
        this.home = home;
        Stream.ofNullable(home.list())
                .flatMap(Stream::of)
                .filter(name -> name.endsWith(".xml"))
                .forEach(this::read);
    }

    public static IsolatedDirectories get() {
        return ExtensionList.lookupSingleton(IsolatedDirectories.class);
    }

    /**
     * Makes a directory and what is asked for in it; what there is of it already gives way.
     */
    public ConfigDirectory.Created make(IsolatedDirectory directory, FilePath place, ConfigRequest request)
            throws IOException, InterruptedException {
        try {
            put(directory);
        } catch (IOException e) {
            throw new AbortException("Cannot create a Docker configuration: it cannot be written down in " + home + " ("
                    + e.getMessage() + "), so it could be forgotten; an administrator must check this folder");
        }
        return place.act(new Creation(request));
    }

    /** Removes a directory now or, if that does not work, when its agent connects the next time. */
    public void remove(String name) throws IOException, InterruptedException {
        IsolatedDirectory directory = all.get(name);
        if (directory != null) {
            try {
                delete(directory);
            } catch (IOException | InterruptedException | RuntimeException e) {
                put(directory.abandoned());
                // It may have connected a moment ago, and nobody knew then that the block does without it.
                sweep(directory::isSame);
                throw e;
            }
        }
    }

    private void delete(IsolatedDirectory directory) throws IOException, InterruptedException {
        directory
                .find()
                .orElseThrow(() -> new IOException("the agent is not connected"))
                .act(new Removal());
        forget(directory);
    }

    /** Removes what no build needs any more, on agents that are connected, in the background. */
    void sweep(Predicate<IsolatedDirectory> which) {
        // Before, no build can be found, and it would look as if none was running.
        if (!all.isEmpty() && Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            Computer.threadPoolForRemoting.execute(() -> all.values().stream()
                    .filter(which)
                    .filter(directory -> !directory.isInUse())
                    .collect(Collectors.groupingBy(IsolatedDirectory::node))
                    .values()
                    // Each agent by itself: one that is connected but hangs keeps nobody else waiting.
                    .forEach(ofAgent -> Computer.threadPoolForRemoting.execute(() -> ofAgent.forEach(this::sweep))));
        }
    }

    private void sweep(IsolatedDirectory directory) {
        try {
            if (directory.find().isPresent()) {
                delete(directory);
                LOGGER.log(Level.INFO, () -> "Removed " + directory + ", which could not be removed before");
            } else if (isOutdated(directory)) {
                forget(directory);
                LOGGER.log(Level.WARNING, () -> "Not removed, because the agent no longer exists: " + directory);
            }
        } catch (IOException | RuntimeException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot remove " + directory);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOutdated(IsolatedDirectory directory) {
        Instant written = Instant.ofEpochMilli(file(directory.name()).getFile().lastModified());
        return directory.isWithoutAgent() && written.plus(WAIT_FOR_NODE).isBefore(Instant.now());
    }

    /** When jobs or agents get another name. */
    synchronized void update(UnaryOperator<IsolatedDirectory> change) {
        for (IsolatedDirectory each : all.values()) {
            IsolatedDirectory changed = change.apply(each);
            if (!changed.equals(each)) {
                try {
                    put(changed);
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot write down " + changed);
                }
            }
        }
    }

    private synchronized void put(IsolatedDirectory directory) throws IOException {
        file(directory.name()).write(directory);
        all.put(directory.name(), directory);
    }

    private synchronized void forget(IsolatedDirectory directory) throws IOException {
        file(directory.name()).delete();
        all.remove(directory.name());
    }

    private void read(String file) {
        XmlFile record = new XmlFile(XSTREAM, new File(home, file));
        try {
            if (record.read() instanceof IsolatedDirectory directory
                    && directory.isSound()
                    && file.equals(directory.name() + ".xml")) {
                all.put(directory.name(), directory);
            } else {
                LOGGER.log(Level.WARNING, () -> "This is no record of a directory on an agent: " + record);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read " + record);
        }
    }

    private XmlFile file(String name) {
        return new XmlFile(XSTREAM, new File(home, name + ".xml"));
    }
}
