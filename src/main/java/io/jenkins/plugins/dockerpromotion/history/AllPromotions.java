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

/** The promoted images of all jobs that the user may see. Images of other jobs are not mentioned. */
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

        /** URL of its page. */
        public String getAddress() {
            return "image/?name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        }

        /** Number of promotions. */
        @Exported
        public int getCount() {
            return entries.size();
        }

        @Exported(inline = true)
        public HistoryEntry getLast() {
            return entries.get(0);
        }
    }

    /** Most recently promoted first. */
    @Exported
    public List<PromotedImage> getImages() {
        Map<String, List<HistoryEntry>> byImage = PromotionHistory.entries()
                .collect(Collectors.groupingBy(e -> e.promotion().image()));
        return byImage.entrySet().stream()
                .map(e -> new PromotedImage(e.getKey(), e.getValue()))
                .sorted(Comparator.comparing(PromotedImage::getLast, HistoryEntry.NEWEST_FIRST))
                .toList();
    }

    /** The page of an image; not found if the user may not see any of its promotions. */
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
        // Shown even without promotions, because searching all jobs for every page of Jenkins would be too slow.
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
