package io.jenkins.plugins.dockerpromotion.config;

import hudson.model.AdministrativeMonitor;
import java.io.File;
import java.io.IOException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import jenkins.util.xml.XMLUtils;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.jenkinsci.plugins.variant.OptionalExtension;
import org.kohsuke.stapler.HttpResponse;
import org.kohsuke.stapler.HttpResponses;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.interceptor.RequirePOST;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** Shows administrators which script approvals this plugin makes unnecessary, and revokes the selected ones. */
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

    /** Number of approvals that the steps make unnecessary. */
    public int getCount() {
        return getGroups().stream()
                .mapToInt(group -> group.revocable.size() + group.others.size())
                .sum();
    }

    /**
     * Signatures with the same risk.
     *
     * @param revocable approved for all scripts
     * @param others approved for scripts that check the user's permissions; these cannot be revoked here
     */
    public record Group(SignatureRisk risk, Collection<String> revocable, Collection<String> others) {
        private Group(SignatureRisk risk) {
            this(risk, new TreeSet<>(), new TreeSet<>());
        }
    }

    /** The groups to show, worst first. */
    public List<Group> getGroups() {
        return read().groups;
    }

    private static List<Group> groups(Set<String> approved, Set<String> approvedWithPermissions) {
        Map<SignatureRisk, Group> groups = new EnumMap<>(SignatureRisk.class);
        Function<SignatureRisk, Group> group = risk -> groups.computeIfAbsent(risk, Group::new);
        approved.forEach(signature -> SignatureRisk.of(signature)
                .ifPresent(risk -> group.apply(risk).revocable.add(signature)));
        approvedWithPermissions.forEach(signature -> SignatureRisk.of(signature)
                .ifPresent(risk -> group.apply(risk).others.add(signature)));
        return List.copyOf(groups.values());
    }

    /** Handles the buttons of the message: show the page, or dismiss the message. */
    @RequirePOST
    public HttpResponse doDecide(@QueryParameter String dismiss) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        if (dismiss != null) {
            disable(true);
        }
        return HttpResponses.redirectViaContextPath(dismiss == null ? getUrl() : "manage");
    }

    /** Revokes the approvals selected in the form, if they were shown there. */
    @RequirePOST
    public HttpResponse doRevoke(StaplerRequest2 request) throws IOException {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        String[] checked = request.getParameterValues("signature");
        Set<String> chosen = new TreeSet<>();
        Stream.of(checked == null ? new String[0] : checked)
                .filter(signature -> SignatureRisk.of(signature).isPresent())
                .forEach(chosen::add);
        LOGGER.log(Level.INFO, () -> Jenkins.getAuthentication2().getName() + " revokes script approvals: " + chosen);
        revoke(chosen);
        return HttpResponses.redirectViaContextPath(getUrl());
    }

    /** Revokes approvals, and keeps all others. */
    private void revoke(Collection<String> signatures) throws IOException {
        ScriptApproval approval = ScriptApproval.get();
        // Its own methods use this lock, so nothing is approved between reading and writing.
        synchronized (approval) {
            Set<String> left = new TreeSet<>(read().approved);
            if (left.removeAll(signatures)) {
                approval.setApprovedSignatures(left.toArray(new String[0]));
            }
        }
    }

    /** @param stamp of the file that contains them */
    private record Approvals(String stamp, Set<String> approved, List<Group> groups) {}

    private Approvals known = new Approvals("", Set.of(), List.of());

    /**
     * Reads the file of Script Security, which has no public method for its approvals. Parsed once after each change,
     * because every page of an administrator needs it, and there may be hundreds of approvals.
     */
    private synchronized Approvals read() {
        File file = new File(Jenkins.get().getRootDir(), "scriptApproval.xml");
        String stamp = file.lastModified() + " " + file.length();
        if (!known.stamp.equals(stamp)) {
            Set<String> approved = Set.of();
            Set<String> withPermissions = Set.of();
            if (file.exists()) {
                try {
                    Document document = XMLUtils.parse(file, "UTF-8");
                    approved = texts(document, "approvedSignatures");
                    withPermissions = texts(document, "aclApprovedSignatures");
                } catch (IOException | SAXException e) {
                    LOGGER.log(Level.WARNING, e, () -> "Cannot read " + file);
                }
            }
            known = new Approvals(stamp, approved, groups(approved, withPermissions));
        }
        return known;
    }

    private static Set<String> texts(Document document, String field) {
        Set<String> texts = new TreeSet<>();
        NodeList sets = document.getElementsByTagName(field);
        for (int i = 0; i < sets.getLength(); i++) {
            NodeList nodes = sets.item(i).getChildNodes();
            for (int j = 0; j < nodes.getLength(); j++) {
                if (nodes.item(j).getNodeName().equals("string")) {
                    texts.add(nodes.item(j).getTextContent());
                }
            }
        }
        return texts;
    }
}
