package io.jenkins.plugins.dockerpromotion.history;

import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What stands at one target, as the REST API gives it. */
@ExportedBean(defaultVisibility = 2)
public final class CurrentTag {
    private final Lane lane;

    CurrentTag(Lane lane) {
        this.lane = lane;
    }

    @Exported
    public String getImage() {
        return lane.image();
    }

    @Exported
    public String getTarget() {
        return lane.name();
    }

    @Exported
    public String getTag() {
        return lane.current().target().getTag();
    }

    @Exported
    public String getVersion() {
        return lane.current().version();
    }

    @Exported
    public String getDigest() {
        return lane.current().entry().getPromotion().getDigest();
    }

    /** In milliseconds since 1970. */
    @Exported
    public long getSince() {
        return lane.current().entry().getPromotion().getTimestamp();
    }

    @Exported
    public boolean isUncertain() {
        return lane.current().isUncertain();
    }

    @Exported
    public String getUrl() {
        return lane.current().entry().getUrl();
    }
}
