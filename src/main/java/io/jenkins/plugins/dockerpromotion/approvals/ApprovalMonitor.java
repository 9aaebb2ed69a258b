package io.jenkins.plugins.dockerpromotion.approvals;

import hudson.model.AdministrativeMonitor;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;

/** Tells administrators which script approvals the steps of this plugin make unnecessary, and takes away the chosen ones. */
@OptionalExtension(requirePlugins = "script-security")
public final class ApprovalMonitor extends AdministrativeMonitor {

    private static final Logger LOGGER = Logger.getLogger(ApprovalMonitor.class.getName());

    @Override
    public String getDisplayName() {
        return Messages.ApprovalMonitor_displayName();
    }

    @Override
    public boolean isSecurity() {
        return true;
    }

    @Override
    public boolean isActivated() {
        return getCount() > 0;
    }

    /** How many approvals there are that the steps do without. */
    public long getCount() {
        ScriptApprovals approvals = ScriptApprovals.read();
        return Stream.concat(approvals.approved().stream(), approvals.approvedWithPermissions().stream())
                .filter(signature -> Opening.of(signature).isPresent())
                .count();
    }

    /** The signatures that open the same. */
    public record Group(Opening opening, Collection<String> revocable, Collection<String> others) {
        private Group(Opening opening) {
            this(opening, new TreeSet<>(), new TreeSet<>());
        }
    }

    /** What is to be shown, the worst first. */
    public List<Group> getGroups() {
        ScriptApprovals approvals = ScriptApprovals.read();
        Map<Opening, Group> groups = new EnumMap<>(Opening.class);
        approvals
                .approved()
                .forEach(signature -> Opening.of(signature)
                        .ifPresent(o ->
                                groups.computeIfAbsent(o, Group::new).revocable.add(signature)));
        approvals
                .approvedWithPermissions()
                .forEach(signature -> Opening.of(signature)
                        .ifPresent(o ->
                                groups.computeIfAbsent(o, Group::new).others.add(signature)));
        return List.copyOf(groups.values());
    }

    /** What the buttons of the message do: show the page, or show no message again. */
    @RequirePOST
    public HttpResponse doDecide(@QueryParameter String dismiss) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        if (dismiss != null) {
            disable(true);
        }
        return HttpResponses.redirectViaContextPath(dismiss == null ? getUrl() : "manage");
    }

    /** Takes away what was checked in the form, as far as it is something that was shown there. */
    @RequirePOST
    public HttpResponse doRevoke(StaplerRequest2 request) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String[] checked = request.getParameterValues("signature");
        Set<String> chosen = new TreeSet<>();
        Stream.of(checked == null ? new String[0] : checked)
                .filter(signature -> Opening.of(signature).isPresent())
                .forEach(chosen::add);
        LOGGER.log(Level.INFO, () -> Jenkins.getAuthentication2().getName() + " revokes script approvals: " + chosen);
        ScriptApprovals.revoke(chosen);
        return HttpResponses.redirectViaContextPath(getUrl());
    }
}
