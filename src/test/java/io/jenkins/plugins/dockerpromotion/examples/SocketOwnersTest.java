package io.jenkins.plugins.dockerpromotion.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.dockerpromotion.testing.LeftOut;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class SocketOwnersTest {

    @Test
    void knowsTheProcessThatIsConnected() throws Exception {
        LeftOut.unless(
                SocketOwners.areKnown(), SocketOwnersTest.class, "only Linux tells which process a socket belongs to");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(SocketOwners.ofClients(server.getLocalPort())).isEmpty();
            try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                assertThat(SocketOwners.ofClients(server.getLocalPort()))
                        .as("of %s", client)
                        .containsExactly(ProcessHandle.current().pid());
            }
        }
    }
}
