package io.jenkins.plugins.dockerpromotion.history;

import hudson.Extension;
import hudson.Util;
import hudson.model.Api;
import hudson.model.RootAction;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerProxy;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The images that were promoted, over all jobs that the reader may see: of others, not even the image is mentioned. */
@Extension
@ExportedBean
public final class AllPromotions implements RootAction, StaplerProxy {

    @Override
    public Object getTarget() {
        Jenkins.get().checkPermission(Jenkins.READ);
        return this;
    }

    /** One image. */
    @ExportedBean(defaultVisibility = 2)
    public static final class PromotedImage {
        private final String name;
        private final List<HistoryEntry> entries;

        PromotedImage(String name, List<HistoryEntry> entries) {
            this.name = name;
            this.entries = entries;
        }

        @Exported
        public String getName() {
            return name;
        }

        /** Of its page. */
        public String getAddress() {
            return "image/?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        }

        /** How many promotions there were. */
        @Exported
        public int getCount() {
            return entries.size();
        }

        @Exported(inline = true)
        public HistoryEntry getLast() {
            return entries.get(0);
        }
    }

    /** Those promoted last first. */
    @Exported
    public List<PromotedImage> getImages() {
        Map<String, List<HistoryEntry>> byImage = PromotionHistory.entries()
                .collect(Collectors.groupingBy(e -> e.promotion().image()));
        return byImage.entrySet().stream()
                .map(e -> new PromotedImage(e.getKey(), e.getValue()))
                .sorted(Comparator.comparing(PromotedImage::getLast, HistoryEntry.NEWEST_FIRST))
                .toList();
    }

    /** The page of an image; none that the reader may see is as good as none. */
    public ImageHistory getImage(StaplerRequest2 request) {
        String name = Util.fixNull(request.getParameter("name"));
        List<HistoryEntry> entries = PromotionHistory.entries()
                .filter(e -> e.promotion().image().equals(name))
                .toList();
        if (entries.isEmpty()) {
            throw HttpResponses.notFound();
        }
        return new ImageHistory(name, entries);
    }

    public Api getApi() {
        return new Api(this);
    }

    @Override
    public String getIconFileName() {
        // Also without promotions: to look for them among all jobs, for every page of Jenkins, would cost too much.
        return Jenkins.get().hasPermission(Jenkins.READ) ? JobHistory.ICON : null;
    }

    @Override
    public String getDisplayName() {
        return Messages.History_title();
    }

    @Override
    public String getUrlName() {
        return JobHistory.URL_NAME;
    }
}
