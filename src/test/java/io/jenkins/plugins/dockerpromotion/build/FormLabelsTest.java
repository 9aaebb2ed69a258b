package io.jenkins.plugins.dockerpromotion.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Checks that each form field and button has a label, also for screen readers. */
class FormLabelsTest {

    private static final Set<String> FIELDS =
            Set.of("textbox", "number", "textarea", "select", "password", "enum", "repeatableProperty");

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources"))) {
            return files.filter(file -> file.toString().endsWith(".jelly")).sorted().toList().stream();
        }
    }

    private static List<String> nameless(Path page) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(page.toFile());
        NodeList all = document.getElementsByTagNameNS("*", "*");
        List<String> nameless = new ArrayList<>();
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (isUsed(element) && !hasName(element, document)) {
                nameless.add(
                        element.getNodeName() + " " + element.getAttribute("field") + element.getAttribute("name"));
            }
        }
        return nameless;
    }

    private static boolean isUsed(Element element) {
        String name = element.getLocalName();
        boolean isTag = element.getNamespaceURI() != null;
        return isTag
                ? FIELDS.contains(name) || name.equals("checkbox") || name.equals("validateButton")
                : Set.of("input", "select", "textarea", "button").contains(name)
                        && !element.getAttribute("type").equals("hidden");
    }

    private static boolean hasName(Element element, Document document) {
        String name = element.getLocalName();
        if (element.getNamespaceURI() == null) {
            return element.hasAttribute("aria-label")
                    || (name.equals("button") && !element.getTextContent().isBlank())
                    || around(element, "label").isPresent()
                    || hasLabel(element.getAttribute("id"), document);
        }
        return FIELDS.contains(name)
                ? isInTitledEntry(element)
                : !element.getAttribute("title").isBlank();
    }

    private static boolean hasLabel(String id, Document document) {
        NodeList labels = document.getElementsByTagName("label");
        for (int i = 0; i < labels.getLength(); i++) {
            Element label = (Element) labels.item(i);
            if (!id.isEmpty()
                    && label.getAttribute("for").equals(id)
                    && !label.getTextContent().isBlank()) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInTitledEntry(Element field) {
        return around(field, "f:entry")
                .map(entry -> !entry.getAttribute("title").isBlank())
                .orElse(false);
    }

    private static Optional<Element> around(Element inner, String name) {
        for (Node node = inner.getParentNode(); node instanceof Element outer; node = node.getParentNode()) {
            if (outer.getNodeName().equals(name)) {
                return Optional.of(outer);
            }
        }
        return Optional.empty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyFieldAndButtonHasAName(Path page) throws Exception {
        assertThat(nameless(page)).as(page.toString()).isEmpty();
    }
}
