package io.jenkins.plugins.dockerpromotion.history;

import hudson.model.Api;
import hudson.model.Failure;
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

/** A page of promotions: what each tag points to, a chart, and a table, which can also be had as a file and by the REST API. */
@ExportedBean
public abstract class HistoryPage implements ModelObject {

    /** As many as the REST API gives of a job's builds without being asked for more. */
    private static final int NEWEST = 100;

    /** All promotions that the reader may see, the newest first. */
    abstract List<HistoryEntry> entries();

    /** Whether they are of more than one job. */
    public abstract boolean isOverJobs();

    /** Of the browser's window. */
    public abstract String getTitle();

    /** Where this page shows what a query asks for. */
    public String address(HistoryQuery query) {
        return query.address();
    }

    /** What the page shows for the query in the address. */
    public final HistoryView view(StaplerRequest2 request) {
        return new HistoryView(entries(), HistoryQuery.of(request));
    }

    /** The newest promotions. */
    @Exported
    public final List<HistoryEntry> getPromotions() {
        return entries().stream().limit(NEWEST).toList();
    }

    /** All promotions, if they are asked for by {@code tree}. */
    @Exported(visibility = -2)
    public final List<HistoryEntry> getAllPromotions() {
        return entries();
    }

    /** The version that each target has. */
    @Exported
    public final List<TargetHistory.Placement> getCurrent() {
        return TargetHistory.of(entries()).stream().map(TargetHistory::current).toList();
    }

    public final Api getApi() {
        return new Api(this);
    }

    /** Where {@link #doCheck} is. */
    public String getCheckAddress() {
        return "check";
    }

    public final String rollbackAddress(TargetHistory.Placement placement) {
        return "rollback/?image=" + encoded(placement.image()) + "&tag=" + encoded(placement.tag());
    }

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** Whether the reader may ask a registry about a tag of this page. */
    public final boolean isCheckable() {
        return getCurrent().stream().anyMatch(RegistryCheck::isPossible);
    }

    /** Shows the page with what the registries say of the current tags. */
    @RequirePOST
    public final HttpResponse doCheck() throws InterruptedException {
        if (!isCheckable()) {
            throw HttpResponses.forbidden();
        }
        if (!RegistryCheck.isAllowedNow()) {
            throw new Failure(Messages.RegistryCheck_tooMany());
        }
        return HttpResponses.forwardToView(this, "index.jelly").with("check", RegistryCheck.of(getCurrent()));
    }

    /** The page that says what a roll-back of a tag would do. */
    public final Rollback getRollback(StaplerRequest2 request) {
        return Rollback.of(request);
    }

    /** The promotions that the query in the address finds, for spreadsheets. */
    @GET
    @WebMethod(name = "promotions.csv")
    public final void doCsv(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        download(response, "promotions.csv");
        response.setContentType("text/csv;charset=UTF-8");
        response.getOutputStream().write(CsvFile.of(found(request)).getBytes(StandardCharsets.UTF_8));
    }

    /** The promotions that the query in the address finds, as the REST API writes them. */
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

    /** What a file holds. */
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
