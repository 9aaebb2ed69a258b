package io.jenkins.plugins.dockerpromotion.steps;

import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Run;
import hudson.model.Saveable;
import hudson.util.XStream2;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.version.GivenVersions;
import io.jenkins.plugins.dockerpromotion.version.VersionRequest;
import io.jenkins.plugins.dockerpromotion.version.VersionSurvey;
import java.io.File;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;

/**
 * The versions that builds were given on this controller, so that no two get the same one even before one of them has
 * pushed its image. One file in Jenkins' home; what is promised is in it before a build hears of it.
 */
@Extension
public final class VersionReservations implements Saveable {

    /** Sequences that were not used for the longest time are forgotten first. */
    static final int MAX_SEQUENCES = 500;

    private static final XStream2 XSTREAM = new XStream2();

    static {
        XSTREAM.alias("versionReservations", LinkedHashMap.class);
        XSTREAM.alias("givenVersions", GivenVersions.class);
        XSTREAM.alias("given", GivenVersions.Given.class);
    }

    /**
     * A build asks for a version.
     *
     * @param subject what the versions are of: an image or, without one, a job
     * @param holder the build, in words
     */
    record Claim(String subject, String holder, VersionRequest request) {

        /** @param image that the version is for; without one, versions are those of the job */
        static Claim of(Run<?, ?> run, Optional<ImageName> image, VersionRequest request) {
            String job = run.getParent().getFullName();
            // With its time, for a job may have had another build of this number.
            String holder =
                    job + " #" + run.getNumber() + " of " + run.getTimestamp().toInstant();
            return new Claim(image.map(name -> "image " + name).orElse("job " + job), holder, request);
        }

        /** What no two builds may have the same version of: the subject, by a pattern. */
        String sequence() {
            return subject + " " + request.template().pattern();
        }
    }

    private final XmlFile file;

    /** By subject and pattern, those used last at the end; null until it is read. */
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

    /** The version that a build has from an earlier time it asked, in a step that a restart cut off for example. */
    public synchronized Optional<String> given(Claim claim) throws IOException {
        return given(claim.sequence()).of(claim.holder(), claim.request());
    }

    /**
     * Gives a build its version, and writes that down.
     *
     * @param tags of the image, as they were a moment ago
     * @throws IllegalArgumentException in one line, if no version can be given
     */
    public synchronized VersionRequest.Decision reserve(Claim claim, VersionSurvey tags) throws IOException {
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

    @Override
    public synchronized void save() throws IOException {
        write(read());
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

    /** Going on without what was promised could give a version twice. */
    @SuppressWarnings("unchecked")
    private LinkedHashMap<String, GivenVersions> load() throws IOException {
        try {
            return (LinkedHashMap<String, GivenVersions>) file.read();
        } catch (IOException | ClassCastException e) {
            throw unusable("those given so far cannot be read from", e);
        }
    }

    private void write(Map<String, GivenVersions> all) throws IOException {
        try {
            file.write(all);
        } catch (IOException e) {
            throw unusable("it cannot be written down in", e);
        }
    }

    private AbortException unusable(String why, Exception cause) {
        AbortException unusable = new AbortException(
                "Cannot give a version: " + why + " " + file.getFile() + "; an administrator must check this file");
        unusable.initCause(cause);
        return unusable;
    }
}
