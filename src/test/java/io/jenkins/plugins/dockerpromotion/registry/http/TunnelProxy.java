package io.jenkins.plugins.dockerpromotion.registry.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** An HTTP proxy that tunnels every CONNECT request to one local port. */
final class TunnelProxy implements AutoCloseable {

    private final ServerSocket server = open();
    private volatile String head = "";

    /** Gives the same response to every CONNECT request. */
    TunnelProxy(String answer, int target) {
        this(head -> answer, target);
    }

    /** Requires credentials, but does not check them. */
    static TunnelProxy wantingPassword(int target) {
        return new TunnelProxy(
                head -> head.contains("Proxy-Authorization: ")
                        ? "HTTP/1.1 200 Connection established\r\n\r\n"
                        : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\n"
                                + "Content-Length: 0\r\nConnection: close\r\n\r\n",
                target);
    }

    private TunnelProxy(UnaryOperator<String> answers, int target) {
        Thread thread = new Thread(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    serve(socket, answers, target);
                } catch (IOException e) {
                    // The client closed the connection, or the test has ended.
                }
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket socket, UnaryOperator<String> answers, int target) throws IOException {
        head = head(socket);
        String answer = answers.apply(head);
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        if (answer.contains(" 200 ")) {
            try (Socket behind = new Socket("127.0.0.1", target)) {
                Thread up = new Thread(() -> pipe(socket, behind));
                up.setDaemon(true);
                up.start();
                behind.getInputStream().transferTo(socket.getOutputStream());
            }
        }
    }

    private static String head(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.append((char) b);
        }
        return head.toString();
    }

    private static void pipe(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // The test has ended.
        }
    }

    private static ServerSocket open() {
        try {
            return new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Returns the request line and the headers of the last CONNECT request. */
    String head() {
        return head;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
