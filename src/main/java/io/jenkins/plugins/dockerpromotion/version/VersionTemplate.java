package io.jenkins.plugins.dockerpromotion.version;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.Collectors;

/** A version without its build number: a pattern with a date and values. */
public final class VersionTemplate {

    private final TagPattern pattern;
    private final LocalDate day;
    private final VersionValues values;

    private VersionTemplate(String pattern, LocalDate day, VersionValues values) {
        this.pattern = TagPattern.of(pattern);
        this.day = day;
        this.values = values;
        refuseDatesThatGoBack();
        refuseValuesThatDoNotFit();
    }

    /**
     * Fills in everything except the build number.
     *
     * @param moment the date; with {@code week}, the year is that of the ISO week
     * @param zone the time zone for the date
     * @throws IllegalArgumentException in one line, if versions of this pattern could decrease, or a value is missing
     */
    public static VersionTemplate of(String pattern, Instant moment, ZoneId zone, VersionValues values) {
        return new VersionTemplate(pattern, LocalDate.ofInstant(moment, zone), values);
    }

    /**
     * Parses the name of a time zone.
     *
     * @throws IllegalArgumentException in one line, if there is no such zone
     */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a time zone; use a name such as UTC, Europe/Berlin or America/New_York");
        }
    }

    /** The pattern of the versions. */
    public TagPattern pattern() {
        return pattern;
    }

    /**
     * The version of a build.
     *
     * @throws IllegalArgumentException in one line, if it would be too long for a tag
     */
    public ImageVersion version(BigInteger build) {
        StringBuilder tag = new StringBuilder();
        pattern.parts().forEach(part -> tag.append(text(part, build)));
        return pattern.match(tag.toString()).orElseThrow(() -> problem("'" + tag + "' is too long for a tag"));
    }

    /** The request without its time; the same request always has the same text. */
    String asked(BigInteger build) {
        return pattern.fields().stream()
                .filter(TagField::isGiven)
                .map(field -> field.fieldName() + "=" + values.get(field).orElse(""))
                .collect(Collectors.joining(" ", build + " ", ""))
                .trim();
    }

    private String text(PatternPart part, BigInteger build) {
        if (part instanceof PatternPart.Text text) {
            return text.text();
        }
        PatternPart.Field place = (PatternPart.Field) part;
        TagField field = place.field();
        if (field == TagField.BUILD) {
            return build.toString();
        }
        if (field.isOfCalendar()) {
            int number = field.of(day, pattern.has(TagField.WEEK));
            return place.packed() && number < 10 ? "0" + number : String.valueOf(number);
        }
        return values.get(field).orElse("");
    }

    private void refuseDatesThatGoBack() {
        boolean weeks = pattern.has(TagField.WEEK);
        if (weeks && (pattern.has(TagField.MONTH) || pattern.has(TagField.DAY))) {
            throw problem("{week} cannot be combined with {month} or {day}, because a week may belong to another year"
                    + " than its days: 2018-12-31 is in week 1 of 2019");
        }
        if ((weeks || pattern.has(TagField.MONTH)) && !pattern.has(TagField.YEAR)) {
            throw problem((weeks ? "{week}" : "{month}") + " starts again each year, so it needs {year}");
        }
        if (pattern.has(TagField.DAY) && !pattern.has(TagField.MONTH)) {
            throw problem("{day} starts again each month, so it needs {year} and {month}");
        }
    }

    private void refuseValuesThatDoNotFit() {
        pattern.fields().stream()
                .filter(field -> field.isGiven() && field != TagField.PRERELEASE)
                .filter(field -> values.get(field).isEmpty())
                .findFirst()
                .ifPresent(field -> {
                    throw problem("it needs a value for " + field.inBraces() + ": values: [" + field.fieldName()
                            + ": ...]"
                            + (field == TagField.SHA
                                    ? ", because the build has no GIT_COMMIT in its environment"
                                    : ""));
                });
        values.fields().stream()
                .filter(field -> !pattern.has(field))
                .findFirst()
                .ifPresent(field -> {
                    throw problem(
                            "'values' sets " + field.fieldName() + ", but the pattern has no " + field.inBraces());
                });
    }

    private IllegalArgumentException problem(String why) {
        return new IllegalArgumentException("the pattern '" + pattern + "' cannot be used for versions: " + why);
    }
}
