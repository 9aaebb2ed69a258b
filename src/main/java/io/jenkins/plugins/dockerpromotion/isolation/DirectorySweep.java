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
 * Removes directories that their block left behind, as it was killed, or its agent lost: as soon as the agent is
 * connected and the build does not need them.
 */
final class DirectorySweep {

    private DirectorySweep() {}

    /** When an agent is back. */
    @Extension
    public static final class OfAgents extends ComputerListener {

        @Override
        public void onOnline(Computer computer, TaskListener listener) {
            IsolatedDirectories.get()
                    .sweep(directory -> directory.isOn(computer.getName()) || directory.isWithoutAgent());
        }
    }

    /** When a build ends otherwise than by the end of its blocks. */
    @Extension
    public static final class OfBuilds extends RunListener<Run<?, ?>> {

        @Override
        public void onFinalized(Run<?, ?> run) {
            IsolatedDirectories.get().sweep(directory -> directory.isOf(run));
        }
    }

    /** After the start, for agents that were faster than the controller; and when a job gets another name. */
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

    /** When an agent gets another name. */
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
