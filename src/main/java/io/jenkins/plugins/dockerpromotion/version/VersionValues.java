package io.jenkins.plugins.dockerpromotion.version;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Values for the fields that come from neither the date nor the build: {@code major=1}. */
public final class VersionValues {

    private static final int SHORT_COMMIT = 12;

    private final Map<TagField, String> values;

    /** Null if unknown. */
    private final String commit;

    private VersionValues(Map<TagField, String> values, String commit) {
        this.values = values;
        this.commit = commit;
    }

    /**
     * Parses one value per line, ignoring blank lines.
     *
     * @throws IllegalArgumentException in one line, if one is not {@code name=value} or not valid for its field
     */
    public static VersionValues parse(List<String> lines) {
        Map<TagField, String> values = new EnumMap<>(TagField.class);
        lines.stream().map(String::trim).filter(line -> !line.isEmpty()).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException(
                        "'" + line + "' in 'values' is not a name with a value, such as major=1");
            }
            TagField field = field(line.substring(0, equals).trim());
            String value = written(field, line.substring(equals + 1).trim());
            if (!field.accepts(value)) {
                throw new IllegalArgumentException(
                        "'" + line + "' in 'values' is not valid: " + field.inBraces() + " is " + form(field));
            }
            if (values.put(field, value) != null) {
                throw new IllegalArgumentException("'values' sets " + field.fieldName() + " twice");
            }
        });
        return new VersionValues(values, null);
    }

    /**
     * These values, with the first twelve digits of {@code commit} if the pattern needs a commit that is not among
     * them.
     *
     * @param commit ignored if it is not a commit
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

    /** The fields that were given explicitly. */
    Set<TagField> fields() {
        return values.keySet();
    }

    private static TagField field(String name) {
        return TagField.named(name)
                .filter(TagField::isGiven)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'values' cannot set '" + name + "'; it can set " + TagField.names(TagField::isGiven)));
    }

    private static String written(TagField field, String value) {
        boolean bare = field == TagField.PRERELEASE && !value.isEmpty() && !value.startsWith("-");
        return bare ? "-" + value : value;
    }

    private static String form(TagField field) {
        return switch (field) {
            case SHA -> "a commit, 7 to 64 digits 0-9a-f";
            case PRERELEASE -> "identifiers of letters, digits and hyphens, separated by dots, such as rc.1";
            default -> "a number without leading zeros";
        };
    }
}
