package io.jenkins.plugins.dockerpromotion.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the local processes that are connected to a port, from Linux's /proc. Processes cannot fake this information.
 */
final class SocketOwners {

    private static final Path PROC = Path.of("/proc");
    private static final List<Path> TABLES = List.of(PROC.resolve("net/tcp"), PROC.resolve("net/tcp6"));
    private static final String ESTABLISHED = "01";

    private SocketOwners() {}

    static boolean areKnown() {
        return TABLES.stream().allMatch(Files::isReadable) && Files.isDirectory(PROC.resolve("self/fd"));
    }

    /** Returns the ids of the processes that are connected to this port as clients. */
    static Set<Long> ofClients(int port) {
        Set<String> sockets = new HashSet<>();
        for (Path table : TABLES) {
            lines(table).skip(1).map(line -> line.trim().split("\\s+")).forEach(column -> {
                // Columns 1 to 3 are local address, remote address and state. Column 9 is the socket's inode.
                if (column[2].endsWith(String.format(Locale.ROOT, ":%04X", port)) && column[3].equals(ESTABLISHED)) {
                    sockets.add("socket:[" + column[9] + "]");
                }
            });
        }
        Set<Long> owners = new HashSet<>();
        ProcessHandle.allProcesses().map(ProcessHandle::pid).forEach(pid -> {
            if (hasOneOf(sockets, PROC.resolve(pid + "/fd"))) {
                owners.add(pid);
            }
        });
        return owners;
    }

    private static boolean hasOneOf(Set<String> sockets, Path descriptors) {
        try (Stream<Path> files = Files.list(descriptors)) {
            return files.anyMatch(file -> sockets.contains(target(file)));
        } catch (IOException | UncheckedIOException e) {
            return false; // the process belongs to another user or has ended
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return ""; // the file was closed meanwhile
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
