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

/** The Snippet Generator, or another page with a form, in a browser. */
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

    /** Selects a step in the drop-down list. */
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

    /** Waits until exactly these fields are visible, in this order. */
    void awaitFields(Collection<String> expected) {
        await(() -> fields().equals(List.copyOf(expected)));
        assertThat(fields()).containsExactlyElementsOf(expected);
    }

    /**
     * Like {@link #awaitFields(Collection)}, but ignores fields of other forms on the page: those not in {@code all}.
     */
    void awaitFields(Collection<String> all, Collection<String> expected) {
        await(() -> fields().stream().filter(all::contains).toList().equals(List.copyOf(expected)));
        assertThat(fields()).filteredOn(all::contains).containsExactlyElementsOf(expected);
    }

    /** Returns the visible fields in order. A list counts as one field, under its own name. */
    private List<String> fields() {
        return shown("[name^='_.']:not(#prototypeText), .repeated-container, .optional-block-control")
                .filter(element -> element.closest(ENTRIES) == null)
                .map(GeneratorPage::name)
                .distinct()
                .toList();
    }

    /** The name of an empty list is only in its help URL. */
    private static String name(DomElement element) {
        if (element.hasAttribute("name")) {
            return element.getAttribute("name").replaceFirst("^_[.]", "");
        }
        DomElement help = element.closest(".jenkins-form-item").querySelector("[helpurl]");
        return help.getAttribute("helpurl").replaceFirst(".*/", "");
    }

    /** Returns the value of a field, or else its placeholder. */
    String shownIn(String field) {
        String selector = "input[name='_." + field + "']";
        await(() -> shown(selector).findAny().isPresent());
        HtmlInput input = (HtmlInput) shown(selector).findFirst().orElseThrow();
        return input.getValue().isEmpty() ? input.getPlaceholder() : input.getValue();
    }

    /**
     * Runs the scripts of the page until the condition is true, at most for {@link #PATIENCE}. Waiting until the page
     * is idle would not end, because the page polls.
     */
    private void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            settle();
        }
    }

    /** Waits until the page has loaded forms and initialized buttons. */
    private void settle() {
        client.waitForBackgroundJavaScriptStartingBefore(SOON_MILLIS, PATIENCE.toMillis());
    }

    private Stream<DomElement> shown(String selector) {
        return page.querySelectorAll(selector).stream()
                .map(DomElement.class::cast)
                .filter(DomNode::isDisplayed);
    }

    /** Expands the "Advanced" sections. */
    void openAdvanced() throws IOException {
        clickAll("button.advancedButton, button.advanced-button");
    }

    private void clickAll(String selector) throws IOException {
        for (DomElement button : shown(selector).toList()) {
            button.click();
        }
        settle();
    }

    /** Adds an entry to the list if it is empty. {@link #enter} then fills the last entry. */
    void requireEntry() throws IOException {
        if (shown(ENTRIES).findAny().isEmpty()) {
            clickAll("button.repeatable-add");
            await(() -> shown(ENTRIES).findAny().isPresent());
            assertThat(shown(ENTRIES)).as("entries of the list").isNotEmpty();
        }
    }

    /** Enters a value as a user does. In a list, it goes into the last entry. */
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

    /**
     * Selects the value. Returns false if it does not stay selected: a previous input can make the page reload the
     * options.
     */
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

    /** Clicks the button and returns the generated snippet. */
    String generate() throws IOException {
        HtmlTextArea text = (HtmlTextArea) page.getElementById("prototypeText");
        text.setText("");
        page.getElementById("generatePipelineScript").click();
        await(() -> !text.getText().isBlank());
        assertThat(text.getText()).as("what the generator writes").isNotBlank();
        return text.getText().trim();
    }
}
