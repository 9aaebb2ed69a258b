package io.jenkins.plugins.dockerpromotion.build;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** A POM file without inherited values. */
record Pom(Document document) {
    static Pom read(Path file) {
        try {
            return new Pom(
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()));
        } catch (Exception e) {
            throw new IllegalArgumentException(file + " is not a POM", e);
        }
    }

    /**
     * Returns the properties by name, and the versions of dependencies and plugins by {@code groupId:artifactId}, where
     * set.
     */
    Map<String, String> versions() {
        Map<String, String> properties = new TreeMap<>();
        for (Element property : elements("/project/properties/*")) {
            properties.put(property.getNodeName(), property.getTextContent().strip());
        }
        Map<String, String> versions = new TreeMap<>(properties);
        for (Element named : elements("/project//dependency[version] | /project/build//plugin[version]")) {
            String group = child(named, "groupId", "org.apache.maven.plugins");
            String version = child(named, "version", "");
            versions.put(group + ":" + child(named, "artifactId", ""), resolve(version, properties));
        }
        return versions;
    }

    /** Returns the Spotless settings for Java and POMs, without the file patterns. */
    String formatting() {
        StringBuilder steps = new StringBuilder();
        for (Element step :
                elements("//plugin[artifactId='spotless-maven-plugin']/configuration/*/*[name()!='includes']")) {
            String text = step.getTextContent().strip().replaceAll("\\s+", " ");
            steps.append(step.getNodeName())
                    .append(' ')
                    .append(resolve(text, versions()))
                    .append('\n');
        }
        return steps.toString();
    }

    List<String> texts(String xpath) {
        return elements(xpath).stream()
                .map(Element::getTextContent)
                .map(String::strip)
                .toList();
    }

    private List<Element> elements(String xpath) {
        try {
            NodeList nodes =
                    (NodeList) XPathFactory.newInstance().newXPath().evaluate(xpath, document, XPathConstants.NODESET);
            List<Element> elements = new ArrayList<>();
            for (int i = 0; i < nodes.getLength(); i++) {
                elements.add((Element) nodes.item(i));
            }
            return elements;
        } catch (XPathExpressionException e) {
            throw new IllegalArgumentException(xpath, e);
        }
    }

    private static String child(Element parent, String name, String otherwise) {
        NodeList children = parent.getElementsByTagName(name);
        return children.getLength() == 0
                ? otherwise
                : children.item(0).getTextContent().strip();
    }

    private static String resolve(String text, Map<String, String> properties) {
        return Pattern.compile("\\$\\{([^}]*)}")
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(properties.getOrDefault(found.group(1), found.group())));
    }
}
