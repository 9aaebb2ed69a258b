package io.jenkins.plugins.dockerpromotion.controller;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Slave;
import jenkins.security.MasterToSlaveCallable;

/** Suspends a process (SIGSTOP) until this is closed. */
public final class Frozen implements AutoCloseable {

    private final long pid;

    public Frozen(long pid) throws Exception {
        this.pid = pid;
        signal("STOP");
    }

    public static Frozen agent(Slave agent) throws Exception {
        return new Frozen(agent.getChannel().call(new Pid()));
    }

    @Override
    public void close() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static final class Pid extends MasterToSlaveCallable<Long, RuntimeException> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long call() {
            return ProcessHandle.current().pid();
        }
    }
}
