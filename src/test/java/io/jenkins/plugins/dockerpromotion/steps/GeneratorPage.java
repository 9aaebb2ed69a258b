package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlCheckBoxInput;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.htmlunit.html.HtmlTextArea;
import org.jvnet.hudson.test.JenkinsRule;

/** The page of the snippet generator, or another one with a form of fields, in a browser. */
final class GeneratorPage {

    private static final long PATIENCE_MILLIS = 10_000;

    private final JenkinsRule.WebClient client;
    private final HtmlPage page;

    GeneratorPage(JenkinsRule.WebClient client, HtmlPage page) {
        this.client = client;
        this.page = page;
    }

    /** Selects a step. */
    void select(String function) {
        HtmlSelect steps = page.querySelector("select.dropdownList");
        steps.getOptions().stream()
                .takeWhile(option -> !option.getText().contains("Advanced/Deprecated"))
                .filter(option -> option.getText().startsWith(function + ":"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the snippet generator does not offer " + function))
                .setSelected(true);
        client.waitForBackgroundJavaScript(PATIENCE_MILLIS);
    }

    /** The fields that can be seen, in their order; a list counts as one, by its own name. */
    List<String> fields() {
        return shown("[name^='_.']:not(#prototypeText), .repeated-container, .optional-block-control")
                .map(GeneratorPage::name)
                .distinct()
                .toList();
    }

    /** An empty list has its name in the address of its help alone. */
    private static String name(DomElement element) {
        if (element.hasAttribute("name")) {
            return element.getAttribute("name").replaceFirst("^_[.]", "");
        }
        DomElement help = element.closest(".jenkins-form-item").querySelector("[helpurl]");
        return help.getAttribute("helpurl").replaceFirst(".*/", "");
    }

    private Stream<DomElement> shown(String selector) {
        return page.querySelectorAll(selector).stream()
                .map(DomElement.class::cast)
                .filter(DomNode::isDisplayed);
    }

    /** Opens what is under "Advanced". */
    void openAdvanced() throws IOException {
        clickAll("button.advancedButton, button.advanced-button");
    }

    private void clickAll(String selector) throws IOException {
        for (DomElement button : shown(selector).toList()) {
            button.click();
        }
        client.waitForBackgroundJavaScript(PATIENCE_MILLIS);
    }

    /** Adds an entry to the list; what is entered from now on goes into it, as far as it has such fields. */
    void addEntry() throws IOException {
        clickAll("button.repeatable-add");
    }

    /** Enters a value as somebody at the keyboard does. */
    void enter(String field, String value) throws IOException {
        DomElement element = shown("[name='_." + field + "'], .optional-block-control[name='" + field + "']")
                .reduce((before, last) -> last)
                .orElseThrow(() -> new AssertionError("there is no field " + field));
        if (element instanceof HtmlCheckBoxInput box) {
            if (box.isChecked() != Boolean.parseBoolean(value)) {
                box.click();
                client.waitForBackgroundJavaScript(PATIENCE_MILLIS);
            }
        } else if (element instanceof HtmlInput input) {
            input.setValue(value);
        } else if (element instanceof HtmlTextArea text) {
            text.setText(value);
        } else {
            assertThat(((HtmlSelect) element).getOptions())
                    .as("what can be selected for " + field)
                    .anyMatch(option -> option.getValueAttribute().equals(value));
            ((HtmlSelect) element).setSelectedAttribute(value, true);
        }
    }

    /** What the button writes. */
    String generate() throws IOException {
        HtmlTextArea text = (HtmlTextArea) page.getElementById("prototypeText");
        text.setText("");
        page.getElementById("generatePipelineScript").click();
        client.waitForBackgroundJavaScript(PATIENCE_MILLIS);
        assertThat(text.getText()).as("what the generator writes").isNotBlank();
        return text.getText().trim();
    }
}
