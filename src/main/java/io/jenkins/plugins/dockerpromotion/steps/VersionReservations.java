package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Run;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.version.GivenVersions;
import io.jenkins.plugins.dockerpromotion.version.UsedVersions;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import java.io.File;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;

/**
 * The versions of builds on this controller, so that no two builds get the same one even before they push their images.
 * Stored in one file in Jenkins' home, which is written before a build gets its version.
 */
@Extension
public final class VersionReservations {

    /** The least recently used sequences are dropped first. */
    static final int MAX_SEQUENCES = 500;

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("versionReservations", LinkedHashMap.class);
        XSTREAM.alias("givenVersions", GivenVersions.class);
        XSTREAM.alias("given", GivenVersions.Given.class);
    }

    /**
     * A build's request for a version.
     *
     * @param subject what has the versions: an image or, without one, a job
     * @param holder the build in words
     */
    record Claim(String subject, String holder, VersionRequest request) {

        /** @param image the image of the version; without one, the job has the versions */
        static Claim of(Run<?, ?> run, Optional<ImageName> image, VersionRequest request) {
            String job = run.getParent().getFullName();
            // Contains the time, because the job may have had another build with this number.
            String holder =
                    job + " #" + run.getNumber() + " of " + run.getTimestamp().toInstant();
            return new Claim(image.map(name -> "image " + name).orElse("job " + job), holder, request);
        }

        /** The scope in which versions are unique: the subject with a pattern. */
        String sequence() {
            return subject + " " + request.template().pattern();
        }
    }

    private final XmlFile file;

    /** By subject and pattern, most recently used last; null until the file is read. */
    private LinkedHashMap<String, GivenVersions> sequences;

    public VersionReservations() {
        this(new File(Jenkins.get().getRootDir(), "docker-promotion/given-versions.xml"));
    }

    VersionReservations(File file) {
        this.file = new XmlFile(XSTREAM, file);
    }

    public static VersionReservations get() {
        return ExtensionList.lookupSingleton(VersionReservations.class);
    }

    /** The version that a build already has from an earlier request, for example from a step before a restart. */
    public synchronized Optional<String> given(Claim claim) throws IOException {
        return given(claim.sequence()).of(claim.holder(), claim.request());
    }

    /**
     * Reserves a version for a build, and stores the reservation.
     *
     * @param tags the versions that the image's current tags use
     * @throws IllegalArgumentException in one line, if no version can be created
     */
    public synchronized VersionRequest.Decision reserve(Claim claim, UsedVersions tags) throws IOException {
        Optional<String> again = given(claim);
        if (again.isPresent()) {
            return new VersionRequest.Decision(again.get(), Optional.empty());
        }
        GivenVersions given = given(claim.sequence());
        VersionRequest.Decision decision = given.decide(claim.request(), tags);
        LinkedHashMap<String, GivenVersions> next = new LinkedHashMap<>(sequences);
        next.remove(claim.sequence());
        next.put(claim.sequence(), given.with(claim.holder(), claim.request(), decision.version()));
        if (next.size() > MAX_SEQUENCES) {
            next.remove(next.keySet().iterator().next());
        }
        write(next);
        sequences = next;
        return decision;
    }

    private GivenVersions given(String sequence) throws IOException {
        return read().getOrDefault(sequence, GivenVersions.none());
    }

    private Map<String, GivenVersions> read() throws IOException {
        if (sequences == null) {
            sequences = file.exists() ? load() : new LinkedHashMap<>();
        }
        return sequences;
    }

    /** Continuing without the earlier reservations could create a version twice. */
    @SuppressWarnings("unchecked")
    private LinkedHashMap<String, GivenVersions> load() throws IOException {
        try {
            return (LinkedHashMap<String, GivenVersions>) file.read();
        } catch (IOException | ClassCastException e) {
            throw unusable("cannot read earlier reservations from", e);
        }
    }

    private void write(Map<String, GivenVersions> all) throws IOException {
        try {
            file.write(all);
        } catch (IOException e) {
            throw unusable("cannot write the reservation to", e);
        }
    }

    private AbortException unusable(String why, Exception cause) {
        AbortException unusable = new AbortException(
                "Cannot create a version: " + why + " " + file.getFile() + "; ask an administrator to check this file");
        unusable.initCause(cause);
        return unusable;
    }
}
