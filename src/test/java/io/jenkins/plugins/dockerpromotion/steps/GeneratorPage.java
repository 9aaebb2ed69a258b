package io.jenkins.plugins.dockerpromotion.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
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

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long SOON_MILLIS = 200;
    private static final String ENTRIES = ".repeated-chunk";

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
        settle();
    }

    /** Waits until exactly these fields can be seen, in this order. */
    void awaitFields(Collection<String> expected) {
        await(() -> fields().equals(List.copyOf(expected)));
        assertThat(fields()).containsExactlyElementsOf(expected);
    }

    /** The same where the page has other forms too. */
    void awaitFields(Collection<String> all, Collection<String> expected) {
        await(() -> fields().stream().filter(all::contains).toList().equals(List.copyOf(expected)));
        assertThat(fields()).filteredOn(all::contains).containsExactlyElementsOf(expected);
    }

    /** The fields that can be seen, in their order; a list counts as one, by its own name. */
    private List<String> fields() {
        return shown("[name^='_.']:not(#prototypeText), .repeated-container, .optional-block-control")
                .filter(element -> element.closest(ENTRIES) == null)
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

    /** What a field of the selected form has or shows as its default. */
    String shownIn(String field) {
        String selector = "input[name='_." + field + "']";
        await(() -> shown(selector).findAny().isPresent());
        HtmlInput input = (HtmlInput) shown(selector).findFirst().orElseThrow();
        return input.getValue().isEmpty() ? input.getPlaceholder() : input.getValue();
    }

    /**
     * Lets the page work until the condition holds, at most for {@link #PATIENCE}. It cannot wait until the page is idle,
     * because the page polls.
     */
    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            settle();
        }
    }

    /** Lets the page end what it is doing, such as loading a form and bringing its buttons to life. */
    private void settle() {
        client.waitForBackgroundJavaScriptStartingBefore(SOON_MILLIS, PATIENCE.toMillis());
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
        settle();
    }

    /** Adds an entry to the list, unless it has one; what is entered from now on goes into it. */
    void requireEntry() throws IOException {
        if (shown(ENTRIES).findAny().isEmpty()) {
            clickAll("button.repeatable-add");
            await(() -> shown(ENTRIES).findAny().isPresent());
            assertThat(shown(ENTRIES)).as("entries of the list").isNotEmpty();
        }
    }

    /** Enters a value as somebody at the keyboard does. */
    void enter(String field, String value) throws IOException {
        String selector = "[name='_." + field + "'], .optional-block-control[name='" + field + "']";
        await(() -> shown(selector).findAny().isPresent());
        DomElement element = shown(selector)
                .reduce((before, last) -> last)
                .orElseThrow(() -> new AssertionError("there is no field " + field));
        if (element instanceof HtmlCheckBoxInput box) {
            if (box.isChecked() != Boolean.parseBoolean(value)) {
                box.click();
                settle();
            }
        } else if (element instanceof HtmlInput input) {
            input.setValue(value);
        } else if (element instanceof HtmlTextArea text) {
            text.setText(value);
        } else {
            HtmlSelect select = (HtmlSelect) element;
            await(() -> offers(select, value));
            assertThat(offers(select, value))
                    .as(value + " can be selected for " + field)
                    .isTrue();
            await(() -> select(select, value));
            assertThat(select.getSelectedOptions())
                    .as(value + " is selected for " + field)
                    .anyMatch(option -> option.getValueAttribute().equals(value));
        }
    }

    /** Whether the value stays selected: what was entered before can make the page load the options again. */
    private boolean select(HtmlSelect select, String value) {
        settle();
        if (!offers(select, value)) {
            return false;
        }
        select.setSelectedAttribute(value, true);
        settle();
        return select.getSelectedOptions().stream()
                .anyMatch(option -> option.getValueAttribute().equals(value));
    }

    private static boolean offers(HtmlSelect select, String value) {
        return select.getOptions().stream()
                .anyMatch(option -> option.getValueAttribute().equals(value));
    }

    /** What the button writes. */
    String generate() throws IOException {
        HtmlTextArea text = (HtmlTextArea) page.getElementById("prototypeText");
        text.setText("");
        page.getElementById("generatePipelineScript").click();
        await(() -> !text.getText().isBlank());
        assertThat(text.getText()).as("what the generator writes").isNotBlank();
        return text.getText().trim();
    }
}
