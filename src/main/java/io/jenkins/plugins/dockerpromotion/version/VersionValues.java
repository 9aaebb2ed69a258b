package io.jenkins.plugins.dockerpromotion.version;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What somebody gave for the fields that come from neither the date nor the build: {@code major=1}. */
public final class VersionValues {

    private static final int SHORT_COMMIT = 12;

    private final Map<TagField, String> values;

    /** Null if it is not known. */
    private final String commit;

    private VersionValues(Map<TagField, String> values, String commit) {
        this.values = values;
        this.commit = commit;
    }

    /**
     * Reads one value a line, blank lines left out.
     *
     * @throws IllegalArgumentException in one line, if one is not {@code name=value} or cannot stand in a tag
     */
    public static VersionValues parse(List<String> lines) {
        Map<TagField, String> values = new EnumMap<>(TagField.class);
        lines.stream().map(String::trim).filter(line -> !line.isEmpty()).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "'" + line + "' in 'values' is no name with a value, such as major=1");
            }
            TagField field = field(line.substring(0, equals).trim());
            String value = written(field, line.substring(equals + 1).trim());
            if (!field.accepts(value)) {
                throw new IllegalArgumentException(
                        "'" + line + "' in 'values' cannot be: " + field.inBraces() + " is " + form(field));
            }
            if (values.put(field, value) != null) {
                throw new IllegalArgumentException(field.inBraces() + " stands in 'values' twice");
            }
        });
        return new VersionValues(values, null);
    }

    /**
     * These, with the first twelve digits of {@code commit} where a commit is needed that is not among them.
     *
     * @param commit anything that is none is not used
     */
    public VersionValues orCommit(String commit) {
        return new VersionValues(
                values,
                TagField.SHA.accepts(commit) ? commit.substring(0, Math.min(commit.length(), SHORT_COMMIT)) : null);
    }

    Optional<String> get(TagField field) {
        return Optional.ofNullable(values.get(field))
                .or(() -> Optional.ofNullable(commit).filter(c -> field == TagField.SHA));
    }

    /** The fields for which there is a value of their own. */
    Set<TagField> fields() {
        return values.keySet();
    }

    private static TagField field(String name) {
        return TagField.named(name)
                .filter(TagField::isGiven)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'values' cannot have '" + name + "'; there can be " + TagField.names(TagField::isGiven)));
    }

    private static String written(TagField field, String value) {
        boolean bare = field == TagField.PRERELEASE && !value.isEmpty() && !value.startsWith("-");
        return bare ? "-" + value : value;
    }

    private static String form(TagField field) {
        return switch (field) {
            case SHA -> "a commit, 7 to 64 digits 0-9a-f";
            case PRERELEASE -> "identifiers of letters, digits and hyphens with dots between them, such as rc.1";
            default -> "a number without leading zeros";
        };
    }
}
