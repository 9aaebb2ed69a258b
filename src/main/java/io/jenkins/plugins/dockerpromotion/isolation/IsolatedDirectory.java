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
 * What is written down of a directory that belongs to one block of a build. It holds logins, so it must go, and it is
 * looked for on no other agent than the one it was made on.
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

    /** A name that no directory has had before. */
    public static String newName() {
        return PREFIX + UUID.randomUUID();
    }

    /**
     * Of a directory that is about to be made.
     *
     * @param parent the folder for temporary files of the build's workspace
     */
    public static IsolatedDirectory of(FilePath parent, String name, Run<?, ?> build) {
        return new IsolatedDirectory(
                name, FilePathUtils.getNodeName(parent), parent.getRemote(), build.getExternalizableId(), false);
    }

    /** When its block ends without having removed it. */
    IsolatedDirectory abandoned() {
        return new IsolatedDirectory(name, node, parent, build, true);
    }

    /** When a job moves; of other jobs' directories there is nothing to change. */
    IsolatedDirectory afterMoveOf(String oldJob, String newJob) {
        return build.startsWith(oldJob + '#')
                ? new IsolatedDirectory(name, node, parent, newJob + build.substring(oldJob.length()), abandoned)
                : this;
    }

    /** When an agent gets another name; of other agents' directories there is nothing to change. */
    IsolatedDirectory afterRenameOf(String oldNode, String newNode) {
        return isOn(oldNode) ? new IsolatedDirectory(name, newNode, parent, build, abandoned) : this;
    }

    String name() {
        return name;
    }

    /** The agent, empty for the built-in node. */
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

    /** Whether its block still needs it, or is going to remove it. A build that is not there any more does not run. */
    boolean isInUse() {
        if (abandoned) {
            return false;
        }
        Run<?, ?> run = Run.fromExternalizableId(build);
        return run != null && run.isBuilding();
    }

    /** Whether there is no agent of this name, at least for now. */
    boolean isWithoutAgent() {
        return Jenkins.get().getComputer(node) == null;
    }

    /** Whether this is what {@link #of} writes: nothing else is ever removed. */
    boolean isSound() {
        return Stream.of(name, node, parent, build).allMatch(Objects::nonNull)
                && NAME.matcher(name).matches()
                && BUILD.matcher(build).matches();
    }

    /** Where it is, if its agent is connected. */
    Optional<FilePath> find() {
        return Optional.ofNullable(FilePathUtils.find(node, parent)).map(folder -> folder.child(name));
    }

    @Override
    public String toString() {
        return name + " in " + parent + " on " + (node.isEmpty() ? "the built-in node" : "the agent " + node) + ", of "
                + build;
    }
}
