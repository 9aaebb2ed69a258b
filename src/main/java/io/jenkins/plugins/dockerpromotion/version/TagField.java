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

/** What a pattern can name in a tag, and which characters stand for it there. */
enum TagField {
    YEAR("[1-9][0-9]{3}", true),
    MONTH("0[1-9]|1[0-2]|[1-9]", "0[1-9]|1[0-2]"),
    /** From 0, which strftime's {@code %U} and {@code %W} give to the first days of a year. */
    WEEK("[0-4][0-9]|5[0-3]|[0-9]", "[0-4][0-9]|5[0-3]"),
    DAY("0[1-9]|[12][0-9]|3[01]|[1-9]", "0[1-9]|[12][0-9]|3[01]"),
    BUILD("0|[1-9][0-9]*", false),
    MAJOR("0|[1-9][0-9]*", false),
    MINOR("0|[1-9][0-9]*", false),
    PATCH("0|[1-9][0-9]*", false),
    /** Seven digits are what git shows at least, 64 what a SHA-256 repository shows at most. */
    SHA("[0-9a-f]{7,64}", false),
    /** With the hyphen before it, so that nothing can stand for a version that is none (semver.org, section 9). */
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

    /** The name of the field in a pattern, and of the group in a regular expression. */
    String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The field as it stands in a pattern. */
    String inBraces() {
        return '{' + fieldName() + '}';
    }

    /** Whether the field can always be told from its neighbour by its length, zero-padded where need be. */
    boolean canBePacked() {
        return fixedWidth;
    }

    /** Whether it is a number, by which versions are ordered. */
    boolean isNumber() {
        return !NOT_NUMBERS.contains(this);
    }

    /** Whether it comes from the date. */
    boolean isOfCalendar() {
        return CALENDAR.contains(this);
    }

    /** Whether it comes from neither the date nor the build, so that somebody has to say it. */
    boolean isGiven() {
        return !isOfCalendar() && this != BUILD;
    }

    /** Whether {@code text} can stand for this field. */
    boolean accepts(String text) {
        return Pattern.matches(loose, text);
    }

    /**
     * The regular expression of this field.
     *
     * @param beside whether another field or a digit's literal stands next to it, so that its width has to be fixed
     */
    String expression(boolean beside) {
        return beside ? packed : loose;
    }

    /**
     * The number of a field of the calendar.
     *
     * @param byWeeks whether the year is the one its ISO week belongs to: 2019 for 2018-12-31
     */
    int of(LocalDate day, boolean byWeeks) {
        return switch (this) {
            case YEAR -> day.get(byWeeks ? IsoFields.WEEK_BASED_YEAR : ChronoField.YEAR);
            case MONTH -> day.getMonthValue();
            case WEEK -> day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case DAY -> day.getDayOfMonth();
            default -> throw new IllegalStateException(this + " is not of the calendar");
        };
    }

    /**
     * The numbers among these fields, the most significant one first: as they stand, but for those of the calendar,
     * which take each other's places until a year comes before a month, a month before a week, a week before a day.
     */
    static List<TagField> bySignificance(List<TagField> inPattern) {
        List<TagField> ordered = inPattern.stream().filter(TagField::isNumber).toList();
        var calendar = ordered.stream().filter(TagField::isOfCalendar).sorted().iterator();
        return ordered.stream()
                .map(field -> field.isOfCalendar() ? calendar.next() : field)
                .toList();
    }
}
