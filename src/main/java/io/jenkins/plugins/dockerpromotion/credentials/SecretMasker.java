package io.jenkins.plugins.dockerpromotion.credentials;

import hudson.AbortException;
import hudson.util.Secret;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Replaces secrets in texts by asterisks, whatever form they have there. It is safe to keep in a build or a Pipeline's
 * program: both write a {@link Secret} encrypted.
 */
public final class SecretMasker implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String MASK = "****";
    private static final Pattern BASE64_RUN = Pattern.compile("[A-Za-z0-9+/_-]{12,}=*");

    /** Fewer characters of a torn text could be there by chance. */
    private static final int SHORTEST_PIECE = 12;

    private final List<Secret> secrets;
    private transient volatile Forms forms;

    private SecretMasker(List<Secret> secrets) {
        this.secrets = new ArrayList<>(secrets);
    }

    /** A masker of these secrets; empty ones count for nothing. */
    public static SecretMasker of(Collection<String> secrets) {
        return new SecretMasker(secrets.stream()
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .map(Secret::fromString)
                .toList());
    }

    static SecretMasker ofSecrets(List<Secret> secrets) {
        return new SecretMasker(secrets);
    }

    /** Whether there is nothing to mask. */
    public boolean isEmpty() {
        return secrets.isEmpty();
    }

    /** The text without the secrets; the text itself if there are none in it. */
    public String mask(String text) {
        if (isEmpty() || text.isEmpty()) {
            return text;
        }
        Forms known = forms();
        Matcher matcher = known.whole.matcher(text);
        String masked = matcher.find() ? matcher.replaceAll(MASK) : text;
        return maskPieces(masked, known);
    }

    /**
     * The failure without the secrets: itself if there are none in it, else one of the same texts and stack traces. An
     * {@link AbortException} stays one, since its kind says that no stack trace is wanted.
     */
    public Throwable mask(Throwable failure) {
        if (isEmpty() || !mentionsSecret(failure, identitySet())) {
            return failure;
        }
        return masked(failure, identitySet());
    }

    /** Tools break long base64 texts into lines; then a line holds a piece of the form, or ends or begins with one. */
    private static String maskPieces(String text, Forms known) {
        Matcher runs = BASE64_RUN.matcher(text);
        StringBuilder masked = new StringBuilder();
        while (runs.find()) {
            runs.appendReplacement(masked, Matcher.quoteReplacement(maskRun(runs.group(), known)));
        }
        return masked.isEmpty() ? text : runs.appendTail(masked).toString();
    }

    private static String maskRun(String run, Forms known) {
        String head = run.substring(0, SHORTEST_PIECE);
        String tail = run.substring(run.length() - SHORTEST_PIECE);
        for (String form : known.base64) {
            if (form.contains(run)) {
                return MASK;
            }
            for (int at = form.indexOf(head); at >= 0; at = form.indexOf(head, at + 1)) {
                int length = form.length() - at;
                if (run.regionMatches(0, form, at, length)) {
                    return MASK + run.substring(length);
                }
            }
            for (int at = form.indexOf(tail); at >= 0; at = form.indexOf(tail, at + 1)) {
                int begin = run.length() - at - SHORTEST_PIECE;
                if (run.startsWith(form.substring(0, at), begin)) {
                    return run.substring(0, begin) + MASK;
                }
            }
        }
        return run;
    }

    private boolean mentionsSecret(Throwable failure, Set<Throwable> seen) {
        Predicate<Throwable> deeper = next -> next != null && mentionsSecret(next, seen);
        return seen.add(failure)
                && (!mask(failure.toString()).equals(failure.toString())
                        || deeper.test(failure.getCause())
                        || List.of(failure.getSuppressed()).stream().anyMatch(deeper));
    }

    private Throwable masked(Throwable failure, Set<Throwable> seen) {
        String text =
                mask(failure instanceof AbortException ? String.valueOf(failure.getMessage()) : failure.toString());
        Exception copy = failure instanceof AbortException ? new AbortException(text) : new MaskedException(text);
        copy.setStackTrace(failure.getStackTrace());
        seen.add(failure);
        if (failure.getCause() != null && !seen.contains(failure.getCause())) {
            copy.initCause(masked(failure.getCause(), seen));
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (!seen.contains(suppressed)) {
                copy.addSuppressed(masked(suppressed, seen));
            }
        }
        return copy;
    }

    private static Set<Throwable> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private Forms forms() {
        Forms known = forms;
        if (known == null) {
            known = Forms.of(secrets);
            forms = known;
        }
        return known;
    }

    @Override
    public String toString() {
        return "SecretMasker[" + secrets.size() + ']';
    }

    /** A failure whose texts held a secret. */
    static final class MaskedException extends Exception {
        private static final long serialVersionUID = 1L;

        MaskedException(String message) {
            super(message);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }

    /**
     * What to look for.
     *
     * @param whole every form as it is, the longest first, so that nothing of it remains beside a shorter one
     * @param base64 the forms that may be torn over several lines
     */
    private record Forms(Pattern whole, List<String> base64) {

        static Forms of(List<Secret> secrets) {
            Set<String> all = new LinkedHashSet<>();
            Set<String> base64 = new LinkedHashSet<>();
            for (Secret secret : secrets) {
                all.addAll(SecretForms.texts(secret.getPlainText()));
                base64.addAll(SecretForms.base64(secret.getPlainText()));
            }
            all.addAll(base64);
            String pattern = all.stream()
                    .sorted(Comparator.comparingInt(String::length).reversed())
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|"));
            return new Forms(
                    Pattern.compile(all.isEmpty() ? "(?!)" : pattern),
                    base64.stream()
                            .filter(form -> form.length() >= SHORTEST_PIECE)
                            .toList());
        }
    }
}
