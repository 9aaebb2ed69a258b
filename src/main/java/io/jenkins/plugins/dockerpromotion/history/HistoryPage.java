package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Api;
import hudson.model.ModelObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;
import org.kohsuke.stapler.WebMethod;
import org.kohsuke.stapler.export.ExportConfig;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;
import org.kohsuke.stapler.export.Flavor;
import org.kohsuke.stapler.interceptor.RequirePOST;
import org.kohsuke.stapler.verb.GET;

/**
 * A page of promotions: the current tags, a chart, and a table that is also available as a file and in the REST API.
 */
@ExportedBean
public abstract class HistoryPage implements ModelObject {

    /** The same number as Jenkins' REST API returns of a job's builds by default. */
    private static final int NEWEST = 100;

    /** All promotions that the user may see, newest first. */
    abstract List<HistoryEntry> entries();

    /** Whether they are from several jobs. */
    public abstract boolean isOverJobs();

    /** Title of the browser window. */
    public abstract String getTitle();

    /** The URL of this page for a query. */
    public String address(HistoryQuery query) {
        return query.address();
    }

    /** The view for the query in the URL. */
    public final HistoryView view(StaplerRequest2 request) {
        return new HistoryView(entries(), HistoryQuery.of(request));
    }

    /** The newest promotions. */
    @Exported
    public final List<HistoryEntry> getPromotions() {
        return entries().stream().limit(NEWEST).toList();
    }

    /** All promotions, if requested by {@code tree}. */
    @Exported(visibility = -2)
    public final List<HistoryEntry> getAllPromotions() {
        return entries();
    }

    /** The current version of each target. */
    @Exported
    public final List<TargetHistory.Placement> getCurrent() {
        return TargetHistory.of(entries()).stream().map(TargetHistory::current).toList();
    }

    public final Api getApi() {
        return new Api(this);
    }

    /** The URL of {@link #doCheck}. */
    public String getCheckAddress() {
        return "check";
    }

    public final String rollbackAddress(TargetHistory.Placement placement) {
        return "rollback/?image=" + encoded(placement.image()) + "&tag=" + encoded(placement.tag());
    }

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Whether the user may check a tag of this page in its registry. */
    public final boolean isCheckable() {
        return getCurrent().stream().anyMatch(RegistryCheck::isPossible);
    }

    /** Shows the page with the state of the current tags in their registries. */
    @RequirePOST
    public final HttpResponse doCheck() throws InterruptedException {
        if (!isCheckable()) {
            throw HttpResponses.forbidden();
        }
        return HttpResponses.forwardToView(this, "index.jelly").with("check", RegistryCheck.of(getCurrent()));
    }

    /** The page that shows what a roll-back of a tag would do. */
    public final Rollback getRollback(StaplerRequest2 request) {
        return Rollback.of(request);
    }

    /** The promotions for the query in the URL, as CSV. */
    @GET
    @WebMethod(name = "promotions.csv")
    public final void doCsv(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        download(response, "promotions.csv");
        response.setContentType("text/csv;charset=UTF-8");
        response.getOutputStream().write(CsvFile.of(found(request)).getBytes(StandardCharsets.UTF_8));
    }

    /** The promotions for the query in the URL, as JSON like in the REST API. */
    @GET
    @WebMethod(name = "promotions.json")
    public final void doJson(StaplerRequest2 request, StaplerResponse2 response) throws Exception {
        download(response, "promotions.json");
        response.serveExposedBean(request, new Found(found(request)), new ExportConfig().withFlavor(Flavor.JSON));
    }

    private List<HistoryEntry> found(StaplerRequest2 request) {
        return HistoryQuery.of(request).apply(entries());
    }

    private static void download(StaplerResponse2 response, String name) {
        response.setHeader("Content-Disposition", "attachment; filename=\"" + name + "\"");
        response.setHeader("X-Content-Type-Options", "nosniff");
    }

    /** The content of a file. */
    @ExportedBean
    public static final class Found {
        private final List<HistoryEntry> promotions;

        Found(List<HistoryEntry> promotions) {
            this.promotions = promotions;
        }

        @Exported
        public List<HistoryEntry> getPromotions() {
            return promotions;
        }
    }
}
