package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.XmlFile;
import hudson.init.InitMilestone;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.remoting.VirtualChannel;
import hudson.slaves.ComputerListener;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigDirectory;
import io.jenkins.plugins.dockerpromotion.dockerconfig.ConfigRequest;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.MasterToSlaveFileCallable;
import jenkins.model.Jenkins;
import jenkins.model.NodeListener;

/**
 * The directories with logins on agents. Directories of blocks that were killed or lost their agent are removed as soon
 * as the agent is connected and the build no longer needs them.
 *
 * <p>Each has a file in Jenkins' home that is written before the directory is created, and deleted after it is removed.
 * So none is forgotten, even if a process is killed.
 */
@Extension
public final class IsolatedDirectories {

    private static final Logger LOGGER = Logger.getLogger(IsolatedDirectories.class.getName());
    private static final XStream2 XSTREAM = new XStream2();

    /** Agents may be recreated under the same name. After this time, a missing agent is given up. */
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

    /** Creates a directory with the requested content; replaces an existing one. */
    public ConfigDirectory.Created make(IsolatedDirectory directory, FilePath place, ConfigRequest request)
            throws IOException, InterruptedException {
        try {
            put(directory);
        } catch (IOException e) {
            throw new AbortException("Cannot create a Docker configuration: cannot record it in " + home + " ("
                    + e.getMessage()
                    + "), so its removal could be forgotten; ask an administrator to check this folder");
        }
        return place.act(new Creation(request));
    }

    /** Removes a directory now or, if this fails, when its agent connects again. */
    public void remove(String name) throws IOException, InterruptedException {
        IsolatedDirectory directory = all.get(name);
        if (directory != null) {
            try {
                delete(directory);
            } catch (IOException | InterruptedException | RuntimeException e) {
                put(directory.abandoned());
                // The agent may have connected a moment ago, before this directory was marked for removal.
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

    /** Removes directories that no build needs any more from connected agents, in the background. */
    void sweep(Predicate<IsolatedDirectory> which) {
        // Earlier, builds are not loaded, and none would seem to be running.
        if (!all.isEmpty() && Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            Computer.threadPoolForRemoting.execute(() -> all.values().stream()
                    .filter(which)
                    .filter(directory -> !directory.isInUse())
                    .collect(Collectors.groupingBy(IsolatedDirectory::node))
                    .values()
                    // One task for each agent, so that an agent that hangs does not delay the others.
                    .forEach(ofAgent -> Computer.threadPoolForRemoting.execute(() -> ofAgent.forEach(this::sweep))));
        }
    }

    private void sweep(IsolatedDirectory directory) {
        try {
            if (directory.find().isPresent()) {
                delete(directory);
                LOGGER.log(Level.INFO, () -> "Removed " + directory + ", which could not be removed earlier");
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

    /** Updates the records when jobs or agents are renamed. */
    synchronized void update(UnaryOperator<IsolatedDirectory> change) {
        for (IsolatedDirectory each : all.values()) {
            IsolatedDirectory changed = change.apply(each);
            if (!changed.equals(each)) {
                try {
                    put(changed);
                } catch (IOException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot record " + changed);
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
                LOGGER.log(Level.WARNING, () -> "Not a valid record of a directory on an agent: " + record);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, e, () -> "Cannot read " + record);
        }
    }

    private XmlFile file(String name) {
        return new XmlFile(XSTREAM, new File(home, name + ".xml"));
    }

    /** Creates a directory on its agent. Sent over the channel once, with the secrets. */
    private static final class Creation extends MasterToSlaveFileCallable<ConfigDirectory.Created> {

        private static final long serialVersionUID = 1L;

        private final ConfigRequest request;

        Creation(ConfigRequest request) {
            this.request = request;
        }

        @Override
        public ConfigDirectory.Created invoke(File directory, VirtualChannel channel)
                throws IOException, InterruptedException {
            synchronized (Removal.REMOVED) {
                if (Removal.REMOVED.contains(directory.getName())) {
                    throw new AbortException("The Docker configuration is no longer needed");
                }
                // Removes an earlier attempt, for example from before a restart.
                new FilePath(directory).deleteRecursive();
                try {
                    return ConfigDirectory.create(directory.toPath(), request);
                } catch (IOException | IllegalArgumentException e) {
                    // This exception keeps its type on the channel, and is shown without a stack trace.
                    throw new AbortException(e.getMessage());
                }
            }
        }
    }

    /** Removes a directory on its agent. Does not follow symbolic links, neither for this directory nor inside it. */
    private static final class Removal extends MasterToSlaveFileCallable<Void> {

        private static final long serialVersionUID = 1L;

        /**
         * The last thousand directories that were removed on this agent. A removal is permanent: a creation that was
         * cancelled, but arrives later, creates nothing.
         */
        private static final Set<String> REMOVED = Collections.newSetFromMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > 1000;
            }
        });

        @Override
        public Void invoke(File directory, VirtualChannel channel) throws IOException, InterruptedException {
            synchronized (REMOVED) {
                REMOVED.add(directory.getName());
                new FilePath(directory).deleteRecursive();
            }
            return null;
        }
    }

    /** Runs when an agent connects. */
    @Extension
    public static final class AgentListener extends ComputerListener {

        @Override
        public void onOnline(Computer computer, TaskListener listener) {
            get().sweep(directory -> directory.isOn(computer.getName()) || directory.isWithoutAgent());
        }
    }

    /** Runs when a build ends without ending its blocks. */
    @Extension
    public static final class BuildListener extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            get().sweep(directory -> directory.isOf(run));
        }
    }

    /** Runs after startup, for agents that connected before, and when a job is renamed. */
    @Extension
    public static final class JobListener extends ItemListener {

        @Override
        public void onLoaded() {
            get().sweep(directory -> true);
        }

        @Override
        public void onLocationChanged(Item item, String oldName, String newName) {
            get().update(directory -> directory.afterMoveOf(oldName, newName));
        }
    }

    /** Runs when an agent is renamed. */
    @Extension
    public static final class RenameListener extends NodeListener {

        @Override
        protected void onUpdated(Node before, Node after) {
            get().update(directory -> directory.afterRenameOf(before.getNodeName(), after.getNodeName()));
        }
    }
}
