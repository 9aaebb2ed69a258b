package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.FilePath;
import hudson.model.Run;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.FilePathUtils;

/**
 * The record of a directory that belongs to one block of a build. It contains logins, so it must be removed, and only
 * from the agent it was created on.
 */
public final class IsolatedDirectory {

    private static final String PREFIX = "docker-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern BUILD = Pattern.compile(".+#[0-9]{1,9}");

    private final String name;
    private final String node;
    private final String parent;
    private final String build;
    private final boolean abandoned;

    private IsolatedDirectory(String name, String node, String parent, String build, boolean abandoned) {
        this.name = name;
        this.node = node;
        this.parent = parent;
        this.build = build;
        this.abandoned = abandoned;
    }

    /** The name of a block's directory. */
    public static String nameFor(UUID block) {
        return PREFIX + block;
    }

    /**
     * Creates the record for a new directory.
     *
     * @param parent the folder for temporary files of the build's workspace
     */
    public static IsolatedDirectory of(FilePath parent, String name, Run<?, ?> build) {
        return new IsolatedDirectory(
                name, FilePathUtils.getNodeName(parent), parent.getRemote(), build.getExternalizableId(), false);
    }

    /** The record after its block ended without removing the directory. */
    IsolatedDirectory abandoned() {
        return new IsolatedDirectory(name, node, parent, build, true);
    }

    /** The record after a job moved; unchanged for other jobs. */
    IsolatedDirectory afterMoveOf(String oldJob, String newJob) {
        return build.startsWith(oldJob + '#')
                ? new IsolatedDirectory(name, node, parent, newJob + build.substring(oldJob.length()), abandoned)
                : this;
    }

    /** The record after an agent was renamed; unchanged for other agents. */
    IsolatedDirectory afterRenameOf(String oldNode, String newNode) {
        return isOn(oldNode) && !oldNode.equals(newNode)
                ? new IsolatedDirectory(name, newNode, parent, build, abandoned)
                : this;
    }

    String name() {
        return name;
    }

    /** The name of the agent; empty for the built-in node. */
    String node() {
        return node;
    }

    boolean isOn(String agent) {
        return node.equals(agent);
    }

    boolean isOf(Run<?, ?> run) {
        return build.equals(run.getExternalizableId());
    }

    boolean isSame(IsolatedDirectory other) {
        return name.equals(other.name);
    }

    /** Whether its block still needs it or will remove it. A deleted build is not running. */
    boolean isInUse() {
        if (abandoned) {
            return false;
        }
        Run<?, ?> run = Run.fromExternalizableId(build);
        return run != null && run.isBuilding();
    }

    /** Whether no agent has this name now. */
    boolean isWithoutAgent() {
        return Jenkins.get().getComputer(node) == null;
    }

    /** Whether this is a record as written by {@link #of}; nothing else is ever removed. */
    boolean isSound() {
        return Stream.of(name, node, parent, build).allMatch(Objects::nonNull)
                && NAME.matcher(name).matches()
                && BUILD.matcher(build).matches();
    }

    /** The path of the directory, if its agent is connected. */
    Optional<FilePath> find() {
        return Optional.ofNullable(FilePathUtils.find(node, parent)).map(folder -> folder.child(name));
    }

    @Override
    public String toString() {
        return name + " in " + parent + " on " + (node.isEmpty() ? "the built-in node" : "the agent " + node) + ", of "
                + build;
    }
}
