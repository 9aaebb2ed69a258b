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

/** Looks for secrets on the disk, and in texts in every form in which they may be written there. */
public final class SecretSearch {

    /** By form, what it is a form of. */
    private final Map<String, String> forms = new LinkedHashMap<>();

    /** One that looks for these secrets, each under a name that may be shown. */
    public static SecretSearch of(Map<String, String> secrets) {
        SecretSearch search = new SecretSearch();
        secrets.forEach((name, secret) -> search.also(name, List.of(secret)));
        return search;
    }

    /** Looks for these secrets from now on, too. */
    public SecretSearch also(String name, Collection<String> secrets) {
        secrets.forEach(secret -> SecretForms.of(secret).forEach(form -> forms.put(asBytes(form), name)));
        return this;
    }

    /** The names of the secrets that can be read in {@code text}, in whatever form. */
    public Set<String> in(String text) {
        return inBytes(asBytes(text));
    }

    /** The files in which a secret can be read, each with the secrets' names; without those that are left out. */
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

    /** The files below {@code directory} in which one of {@code secrets} can be read, whatever else is in them. */
    public static List<Path> filesHolding(Path directory, String... secrets) throws IOException {
        List<Path> holding = new ArrayList<>();
        walk(directory, file -> false, (file, text) -> {
            if (Stream.of(secrets).map(SecretSearch::asBytes).anyMatch(text::contains)) {
                holding.add(file);
            }
        });
        return holding;
    }

    /** A file is read byte by byte, so a secret is looked for as the bytes it is written in. */
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

            /** A controller that runs replaces its files now and then. */
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
     * How a secret may be written somewhere. On purpose not what masks secrets in logs: that is looked over by this.
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

        /** The characters of base64 that the secret alone decides, behind so many bytes of something else. */
        private static String base64Inside(String secret, int before, Base64.Encoder encoder) {
            byte[] bytes = (":".repeat(before) + secret).getBytes(StandardCharsets.UTF_8);
            String encoded = encoder.withoutPadding().encodeToString(bytes);
            int first = (before * 8 + 5) / 6;
            return encoded.substring(first, bytes.length * 8 / 6);
        }
    }
}
