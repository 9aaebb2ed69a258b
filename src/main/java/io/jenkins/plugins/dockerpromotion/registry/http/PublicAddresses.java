package io.jenkins.plugins.dockerpromotion.registry.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Which addresses are on the Internet, and not of this machine, this network or nobody (RFC 6890 and IANA's registries). */
public final class PublicAddresses {

    private static final List<Block> NOT_PUBLIC = blocks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // Multicast, and all behind it.
            "224.0.0.0/3",
            // Tunnels, benchmarks, documentation: among the global unicast addresses, and none of them.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    private static final Block GLOBAL_UNICAST = block("2000::/3");

    /** How a network without IPv4 reaches it (RFC 6052): the last four bytes say whom. */
    private static final Block TRANSLATED = block("64:ff9b::/96");

    private PublicAddresses() {}

    /**
     * Gives back {@code addresses}, all of which have to be public: a name that stands for one of this network as well is
     * not to be trusted.
     *
     * @throws RegistryException in the words of {@code call}, if one is not
     */
    public static List<InetAddress> required(HttpCall call, List<InetAddress> addresses) throws RegistryException {
        for (InetAddress address : addresses) {
            if (!contains(address)) {
                throw new RegistryException(call.failureText("its name stands for " + address.getHostAddress()
                        + ", which is no address of the Internet; nothing was sent"));
            }
        }
        return addresses;
    }

    static boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (TRANSLATED.holds(bytes)) {
            bytes = Arrays.copyOfRange(bytes, 12, 16);
        }
        byte[] looked = bytes;
        boolean known = bytes.length == 4 || GLOBAL_UNICAST.holds(bytes);
        return known && NOT_PUBLIC.stream().noneMatch(block -> block.holds(looked));
    }

    private record Block(byte[] prefix, int bits) {
        boolean holds(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            int whole = bits / 8;
            int mask = 0xff00 >> bits % 8;
            return Arrays.equals(address, 0, whole, prefix, 0, whole)
                    && (bits % 8 == 0 || (address[whole] & mask & 0xff) == (prefix[whole] & mask & 0xff));
        }
    }

    private static List<Block> blocks(String... texts) {
        return Stream.of(texts).map(PublicAddresses::block).toList();
    }

    private static Block block(String text) {
        String[] parts = text.split("/");
        try {
            // Of digits: no name service is asked.
            return new Block(InetAddress.getByName(parts[0]).getAddress(), Integer.parseInt(parts[1]));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }
}
