package io.jenkins.plugins.dockerpromotion.approvals;

import java.io.IOException;
import java.io.StringReader;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;
import jenkins.util.xml.XMLUtils;
import org.jenkinsci.plugins.scriptsecurity.scripts.ScriptApproval;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The signatures that administrators approved: the only class that needs the Script Security plugin, which others load
 * if it is there.
 *
 * @param approved for all scripts; these can be revoked
 * @param approvedWithPermissions for what the script's user may do; nobody else can take one of these away
 */
record ScriptApprovals(Set<String> approved, Set<String> approvedWithPermissions) {

    ScriptApprovals {
        approved = Set.copyOf(approved);
        approvedWithPermissions = Set.copyOf(approvedWithPermissions);
    }

    /** Those of this moment. There is a public way to set them and none to read them but the form in which they are kept. */
    static ScriptApprovals read() {
        ScriptApproval approval = ScriptApproval.get();
        String xml;
        synchronized (approval) {
            xml = Jenkins.XSTREAM2.toXML(approval);
        }
        try {
            Document document = XMLUtils.parse(new StringReader(xml));
            return new ScriptApprovals(texts(document, "approvedSignatures"), texts(document, "aclApprovedSignatures"));
        } catch (IOException | SAXException e) {
            throw new IllegalStateException("what was just written cannot be read", e);
        }
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

    /**
     * Takes approvals away, and keeps all others.
     *
     * @throws org.springframework.security.access.AccessDeniedException if the user is no administrator
     */
    static void revoke(Collection<String> signatures) throws IOException {
        ScriptApproval approval = ScriptApproval.get();
        // Its own methods hold this lock: nobody approves anything between reading and writing.
        synchronized (approval) {
            Set<String> left = new TreeSet<>(read().approved);
            if (left.removeAll(signatures)) {
                approval.setApprovedSignatures(left.toArray(new String[0]));
            }
        }
    }
}
