package io.jenkins.plugins.dockerpromotion.registry;

import java.util.Arrays;

/**
 * Counts different names without keeping them: eight bytes each. Two of a million names are taken for one with a chance of
 * one in thirty million; a list then counts as incomplete, and is read again.
 */
final class TagCensus {

    // FNV-1a with 64 bits
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long[] hashes = new long[128];
    private int size;

    void add(String name) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, size * 2);
        }
        hashes[size++] = hash(name);
    }

    int different() {
        return (int) Arrays.stream(hashes, 0, size).distinct().count();
    }

    /** Whether both have seen the same names. */
    boolean isOfTheSame(TagCensus other) {
        return Arrays.equals(sorted(), other.sorted());
    }

    private long[] sorted() {
        return Arrays.stream(hashes, 0, size).distinct().sorted().toArray();
    }

    private static long hash(String name) {
        long hash = OFFSET_BASIS;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * PRIME;
        }
        return hash;
    }
}
