package io.jenkins.plugins.dockerpromotion.config;

import hudson.util.FormValidation;

/** A number with bounds that administrators can set. */
enum Limit {
    CONNECT_TIMEOUT("connectTimeout", 1, 600),
    ANSWER_TIMEOUT("answerTimeout", 1, 3600),
    ATTEMPTS("attempts", 1, 20),
    /** Layers that one promotion copies in parallel. */
    TRANSFERS("transfers", 1, 32),
    /** Page size for the tags of a registry; smaller pages would only cost requests. */
    PAGE_SIZE("pageSize", 10, 10_000),
    /** The maximum of Docker Hub. */
    DOCKER_HUB_PAGE_SIZE("pageSize", 10, 100);

    private final String field;
    private final int min;
    private final int max;

    Limit(String field, int min, int max) {
        this.field = field;
        this.min = min;
        this.max = max;
    }

    /** @throws IllegalArgumentException in one line, if {@code value} is out of range; {@code null} is allowed */
    Integer checked(Integer value) {
        if (value != null && (value < min || value > max)) {
            throw new IllegalArgumentException(field + " must be a number from " + min + " to " + max);
        }
        return value;
    }

    private void parse(String text) {
        checked(text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1);
    }

    FormValidation check(String text) {
        return FormFields.ofAdministrator(text, this::parse);
    }
}
