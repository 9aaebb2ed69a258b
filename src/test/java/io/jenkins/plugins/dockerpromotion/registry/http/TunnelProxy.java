package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A proxy that connects everybody to one port of this machine. */
final class TunnelProxy implements AutoCloseable {

    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    private volatile String head = "";

    /** @param target 0 to connect nobody */
    TunnelProxy(String answer, int target) throws IOException {
        PinnedSenderTest.serve(server, socket -> {
            head = PinnedSenderTest.head(socket);
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            if (target > 0) {
                try (Socket behind = new Socket("127.0.0.1", target)) {
                    Thread up = new Thread(() -> pipe(socket, behind));
                    up.setDaemon(true);
                    up.start();
                    behind.getInputStream().transferTo(socket.getOutputStream());
                }
            }
        });
    }

    private static void pipe(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // The test is over.
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** The last request to connect. */
    String head() {
        return head;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
