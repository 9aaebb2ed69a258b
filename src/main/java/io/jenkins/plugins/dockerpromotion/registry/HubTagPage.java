package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.JsonValue;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * Reads one page of a repository's tags from Docker Hub's API ("List repository tags"), newest first.
 *
 * @param number counted from 1
 * @param size of all pages, 100 at most
 */
record HubTagPage(URI api, ImageName image, int number, int size, Authorizer authorizer)
        implements Reading<HubTagPage.Content> {

    /** The most that Docker Hub sends at once. */
    static final int MAX_SIZE = 100;

    /** Ten thousand pages; a hostile count would fill the memory with requests to send. */
    private static final long MAX_TAGS = 1_000_000;

    /** A tag of many platforms has some 20 KiB. */
    private static final int MAX_PAGE = 16 * 1024 * 1024;

    /**
     * @param count of all tags, not of this page's
     * @param tags of this page
     */
    record Content(int count, List<ListedTag> tags) {
        /** The list became shorter than this page's number while it was read. */
        static final Content BEYOND_END = new Content(-1, List.of());
    }

    HttpCall call() {
        String path = HubTag.path(image) + "?page=" + number + "&page_size=" + size;
        return HttpCall.getJson("list the tags of " + image, api.resolve(path), authorizer);
    }

    @Override
    public boolean accepts(int status) {
        return status == 200 || (status == 404 && number > 1);
    }

    @Override
    public Content read(Answer answer) throws IOException {
        if (answer.status() == 404) {
            return Content.BEYOND_END;
        }
        JsonValue body = answer.json(MAX_PAGE);
        long count = body.number("count", -1);
        if (!body.field("results").isArray() || count < 0) {
            throw answer.failure("the answer is not a list of tags");
        }
        if (count > MAX_TAGS) {
            throw answer.failure("it claims to have " + count + " tags, and at most " + MAX_TAGS + " can be read");
        }
        List<ListedTag> tags = body.field("results").items().stream()
                .filter(result -> Tag.isValid(result.text("name")))
                .map(HubTag::of)
                .toList();
        return new Content((int) count, tags);
    }
}
