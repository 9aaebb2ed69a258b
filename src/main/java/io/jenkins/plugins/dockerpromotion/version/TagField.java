package io.jenkins.plugins.dockerpromotion.version;

import java.time.LocalDate;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The fields of a pattern, with the characters that each matches in a tag. */
enum TagField {
    YEAR("[1-9][0-9]{3}", true),
    MONTH("0[1-9]|1[0-2]|[1-9]", "0[1-9]|1[0-2]"),
    /** From 0, because strftime's {@code %U} and {@code %W} use it for the first days of a year. */
    WEEK("[0-4][0-9]|5[0-3]|[0-9]", "[0-4][0-9]|5[0-3]"),
    DAY("0[1-9]|[12][0-9]|3[01]|[1-9]", "0[1-9]|[12][0-9]|3[01]"),
    BUILD("0|[1-9][0-9]*", false),
    MAJOR("0|[1-9][0-9]*", false),
    MINOR("0|[1-9][0-9]*", false),
    PATCH("0|[1-9][0-9]*", false),
    /** Git shows at least seven digits, and 64 at most in a SHA-256 repository. */
    SHA("[0-9a-f]{7,64}", false),
    /** Includes the hyphen, so that it can be empty for a release (semver.org, section 9). */
    PRERELEASE("(?:-" + PreRelease.GRAMMAR + ")?", false);

    private static final Set<TagField> CALENDAR = EnumSet.of(YEAR, MONTH, WEEK, DAY);
    private static final Set<TagField> NOT_NUMBERS = EnumSet.of(SHA, PRERELEASE);

    private final String loose;
    private final String packed;
    private final boolean fixedWidth;

    TagField(String expression, boolean fixedWidth) {
        this.loose = expression;
        this.packed = expression;
        this.fixedWidth = fixedWidth;
    }

    TagField(String loose, String packed) {
        this.loose = loose;
        this.packed = packed;
        this.fixedWidth = true;
    }

    static Optional<TagField> named(String name) {
        return Arrays.stream(values())
                .filter(field -> field.fieldName().equals(name))
                .findFirst();
    }

    static String names() {
        return names(field -> true);
    }

    static String names(Predicate<TagField> which) {
        return Arrays.stream(values()).filter(which).map(TagField::fieldName).collect(Collectors.joining(", "));
    }

    /** The name of the field in a pattern and of the group in a regular expression. */
    String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The field as written in a pattern. */
    String inBraces() {
        return '{' + fieldName() + '}';
    }

    /** Whether the field can be padded to a fixed length, which separates it from the next field. */
    boolean canBePacked() {
        return fixedWidth;
    }

    /** Whether it is a number that orders versions. */
    boolean isNumber() {
        return !NOT_NUMBERS.contains(this);
    }

    /** Whether its value comes from the date. */
    boolean isOfCalendar() {
        return CALENDAR.contains(this);
    }

    /** Whether its value must be given, because it comes from neither the date nor the build. */
    boolean isGiven() {
        return !isOfCalendar() && this != BUILD;
    }

    /** Whether {@code text} is a valid value of this field. */
    boolean accepts(String text) {
        return Pattern.matches(loose, text);
    }

    /**
     * The regular expression for this field.
     *
     * @param beside whether a digit or another field is next to it, so that its width must be fixed
     */
    String expression(boolean beside) {
        return beside ? packed : loose;
    }

    /**
     * The value of a calendar field.
     *
     * @param byWeeks whether the year is that of the ISO week: 2019 for 2018-12-31
     */
    int of(LocalDate day, boolean byWeeks) {
        return switch (this) {
            case YEAR -> day.get(byWeeks ? IsoFields.WEEK_BASED_YEAR : ChronoField.YEAR);
            case MONTH -> day.getMonthValue();
            case WEEK -> day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case DAY -> day.getDayOfMonth();
            default -> throw new IllegalStateException(this + " is not a calendar field");
        };
    }

    /**
     * The numeric fields among these, most significant first. Calendar fields are sorted among themselves: year, month,
     * week, day. The others keep their places.
     */
    static List<TagField> bySignificance(List<TagField> inPattern) {
        List<TagField> ordered = inPattern.stream().filter(TagField::isNumber).toList();
        var calendar = ordered.stream().filter(TagField::isOfCalendar).sorted().iterator();
        return ordered.stream()
                .map(field -> field.isOfCalendar() ? calendar.next() : field)
                .toList();
    }
}
