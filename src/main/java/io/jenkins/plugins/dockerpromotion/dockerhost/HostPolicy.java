package io.jenkins.plugins.dockerpromotion.dockerhost;

import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Says what may go from a host.
 *
 * @param age how long ago it has to have been used for the last time
 * @param images whether images may go
 * @param volumes whether anonymous volumes that no container uses may go
 * @param dryRun whether nothing goes, and is only told of
 * @param busy what the builds that run on this host may be using
 */
public record HostPolicy(Duration age, boolean images, boolean volumes, boolean dryRun, Busy busy)
        implements Serializable {

    /**
     * What running builds may be using.
     *
     * @param since when the oldest of them began: whatever was used since may be theirs
     * @param told what the controller's clock, by which that is, showed when it told so
     * @param images ids of images that are known to be theirs, however old
     */
    public record Busy(Instant since, Instant told, Set<String> images) implements Serializable {
        public Busy {
            images = Set.copyOf(images);
        }

        /**
         * {@code since} by a clock that shows {@code now}, if it is behind. One that is ahead may just look so, as it took
         * time to get here: then what is kept is too much rather than too little.
         */
        Instant since(Instant now) {
            return now.isBefore(told) ? since.minus(Duration.between(now, told)) : since;
        }
    }

    /** Why {@code object} stays; nothing if it may go. */
    Optional<String> objection(HostObject object, Instant now) {
        if (object.neededBy().isPresent()) {
            return object.neededBy();
        }
        if (object.lastUsed().equals(HostObject.UNKNOWN)) {
            return Optional.of("nobody knows when it was used");
        }
        if (!object.lastUsed().isBefore(now.minus(age))) {
            return Optional.of("used less than " + text(age) + " ago");
        }
        if (!object.lastUsed().isBefore(busy.since(now)) || busy.images.contains(object.id())) {
            return Optional.of("a running build may use it");
        }
        return Optional.empty();
    }

    /** Whether objects of this kind are looked at. */
    boolean covers(HostObject.Kind kind) {
        return switch (kind) {
            case IMAGE -> images;
            case VOLUME -> volumes;
            case CONTAINER, NETWORK -> true;
        };
    }

    static String text(Duration age) {
        String text = (age.toDaysPart() > 0 ? age.toDaysPart() + " d " : "")
                + (age.toHoursPart() > 0 ? age.toHoursPart() + " h " : "")
                + (age.toMinutesPart() > 0 ? age.toMinutesPart() + " min " : "")
                + (age.toSecondsPart() > 0 ? age.toSecondsPart() + " s" : "");
        return text.isEmpty() ? "0 s" : text.trim();
    }
}
