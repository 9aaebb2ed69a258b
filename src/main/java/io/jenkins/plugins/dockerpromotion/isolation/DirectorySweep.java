package io.jenkins.plugins.dockerpromotion.isolation;

import hudson.Extension;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.ItemListener;
import hudson.model.listeners.RunListener;
import hudson.slaves.ComputerListener;
import jenkins.model.NodeListener;

/**
 * Removes directories of blocks that were killed or lost their agent, as soon as the agent is connected and the build
 * no longer needs them.
 */
final class DirectorySweep {

    private DirectorySweep() {}

    /** Runs when an agent connects. */
    @Extension
    public static final class OfAgents extends ComputerListener {

        @Override
        public void onOnline(Computer computer, TaskListener listener) {
            IsolatedDirectories.get()
                    .sweep(directory -> directory.isOn(computer.getName()) || directory.isWithoutAgent());
        }
    }

    /** Runs when a build ends without ending its blocks. */
    @Extension
    public static final class OfBuilds extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            IsolatedDirectories.get().sweep(directory -> directory.isOf(run));
        }
    }

    /** Runs after startup, for agents that connected before, and when a job is renamed. */
    @Extension
    public static final class OfJobs extends ItemListener {

        @Override
        public void onLoaded() {
            IsolatedDirectories.get().sweep(directory -> true);
        }

        @Override
        public void onLocationChanged(Item item, String oldName, String newName) {
            IsolatedDirectories.get().update(directory -> directory.afterMoveOf(oldName, newName));
        }
    }

    /** Runs when an agent is renamed. */
    @Extension
    public static final class OfNodes extends NodeListener {

        @Override
        protected void onUpdated(Node before, Node after) {
            String oldName = before.getNodeName();
            String newName = after.getNodeName();
            if (!oldName.equals(newName)) {
                IsolatedDirectories.get().update(directory -> directory.afterRenameOf(oldName, newName));
            }
        }
    }
}
