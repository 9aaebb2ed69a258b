package io.jenkins.plugins.dockerpromotion.testing;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Searches texts and files for secrets, including encoded forms. */
public final class SecretSearch {

    /** The name of the secret, by encoded form. */
    private final Map<String, String> forms = new LinkedHashMap<>();

    /** @param secrets secrets by names that may be printed */
    public static SecretSearch of(Map<String, String> secrets) {
        SecretSearch search = new SecretSearch();
        secrets.forEach((name, secret) -> search.also(name, List.of(secret)));
        return search;
    }

    /** Adds secrets under one name. */
    public SecretSearch also(String name, Collection<String> secrets) {
        secrets.forEach(secret -> SecretForms.of(secret).forEach(form -> forms.put(asBytes(form), name)));
        return this;
    }

    /** The names of the secrets that {@code text} contains in any form. */
    public Set<String> in(String text) {
        return inBytes(asBytes(text));
    }

    /** The files that contain secrets in any form, each with the names of the secrets. Skips {@code leftOut}. */
    public List<String> inFiles(Path directory, Predicate<Path> leftOut) throws IOException {
        List<String> found = new ArrayList<>();
        walk(directory, leftOut, (file, text) -> {
            Set<String> names = inBytes(text);
            if (!names.isEmpty()) {
                found.add(directory.relativize(file) + " holds " + names);
            }
        });
        return found;
    }

    private Set<String> inBytes(String text) {
        return forms.entrySet().stream()
                .filter(form -> text.contains(form.getKey()))
                .map(Map.Entry::getValue)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The files below {@code directory}, also binary ones, that contain one of {@code secrets} in plain text. */
    public static List<Path> filesHolding(Path directory, String... secrets) throws IOException {
        List<Path> holding = new ArrayList<>();
        walk(directory, file -> false, (file, text) -> {
            if (Stream.of(secrets).map(SecretSearch::asBytes).anyMatch(text::contains)) {
                holding.add(file);
            }
        });
        return holding;
    }

    /** The UTF-8 bytes as ISO 8859-1 characters, because files, which may be binary, are read that way. */
    private static String asBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @FunctionalInterface
    private interface Reader {
        void read(Path file, String text);
    }

    private static void walk(Path directory, Predicate<Path> leftOut, Reader reader) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
                return leftOut.test(path) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && !leftOut.test(file)) {
                    try {
                        reader.read(file, Files.readString(file, StandardCharsets.ISO_8859_1));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            /** A running controller replaces files during the search. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }
        });
    }

    /**
     * The forms in which a secret may be stored. Does not use the code that masks secrets in logs, because this class
     * checks its results.
     */
    private static final class SecretForms {

        private SecretForms() {}

        static Set<String> of(String secret) {
            Set<String> forms = new LinkedHashSet<>();
            forms.add(secret);
            String encoded = URLEncoder.encode(secret, StandardCharsets.UTF_8);
            forms.add(encoded);
            forms.add(encoded.toLowerCase(Locale.ROOT));
            forms.add(encoded.replace("+", "%20"));
            String json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
            forms.add(json);
            forms.add(json.replace("/", "\\/"));
            forms.add(json.replace("<", "\\u003c").replace("&", "\\u0026"));
            String xml = secret.replace("&", "&amp;").replace("<", "&lt;");
            forms.add(xml);
            forms.add(xml.replace("\"", "&quot;"));
            for (int before = 0; before < 3; before++) {
                forms.add(base64Inside(secret, before, Base64.getEncoder()));
                forms.add(base64Inside(secret, before, Base64.getUrlEncoder()));
            }
            return forms;
        }

        /** The base64 characters that depend on the secret alone if {@code before} other bytes precede it. */
        private static String base64Inside(String secret, int before, Base64.Encoder encoder) {
            byte[] bytes = (":".repeat(before) + secret).getBytes(StandardCharsets.UTF_8);
            String encoded = encoder.withoutPadding().encodeToString(bytes);
            int first = (before * 8 + 5) / 6;
            return encoded.substring(first, bytes.length * 8 / 6);
        }
    }
}
