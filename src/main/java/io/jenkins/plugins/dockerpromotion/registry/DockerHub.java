package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.ImageTags.ListedTag;
import io.jenkins.plugins.dockerpromotion.registry.PageChange.Page;
import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpTransport;
import io.jenkins.plugins.dockerpromotion.registry.http.Json;
import io.jenkins.plugins.dockerpromotion.registry.http.Network.RegistryLocation;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Basic;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication.Bearer;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext.Progress;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.NotFoundException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException.UnauthorizedException;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryRequest.RequestBody;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Docker Hub's own API. It lists tags faster than the registry API and with more details, deletes single tags, and
 * changes a repository's page. Thread-safe.
 */
public final class DockerHub {

    private static final int MAX_PAGE_SIZE = 100;
    private static final int MAX_TAGS = 1_000_000;
    private static final int MAX_PAGES = 10_000;

    /** A tag with many platforms takes about 20 KiB, and a page has a hundred tags. */
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    /** A push or deletion moves tags between pages. The list is then read again, at most this many times. */
    private static final int READINGS = 3;

    private static final int CHANGE_ATTEMPTS = 3;
    private static final Set<Integer> UNKNOWN_ADDRESS = Set.of(404, 405, 410, 501);

    private final RegistryLocation location;
    private final HttpTransport transport;
    private final RegistryAuthentication authentication;
    private final RegistryContext context;
    private final Session session = new Session();

    /** The address format that worked, by method. */
    private final Map<String, Address> known = new ConcurrentHashMap<>();

    private DockerHub(RegistryAuthentication authentication, RegistryContext context) {
        this.location = context.network().dockerHub();
        this.transport = context.transport(location);
        this.authentication = authentication;
        this.context = context;
    }

    /** Opens Docker Hub without sending a request. */
    public static DockerHub open(RegistryAuthentication authentication, RegistryContext context) {
        return new DockerHub(authentication, context);
    }

    /**
     * Gets a token for the API, valid for ten minutes. Accepts a username with a password or personal access token, or
     * an organization with its access token. One request.
     *
     * @throws RegistryException also if the credentials are wrong, or if two-factor authentication requires an access
     *     token
     */
    public static String token(Basic credential, RegistryContext context)
            throws RegistryException, InterruptedException {
        return open(credential, context).login(credential);
    }

    private String login(Basic credential) throws RegistryException, InterruptedException {
        byte[] body = Json.write(Map.of("identifier", credential.username(), "secret", credential.password()));
        // Reads a refusal, too: it shows whether the password is wrong or two-factor authentication requires an access
        // token.
        RegistryRequest post = RegistryRequest.of(
                        "get a token for '" + credential.username() + "'",
                        "POST",
                        location.api().resolve("/v2/auth/token"))
                .header("Accept", "application/json")
                .body(RequestBody.of(body, "application/json"))
                .accepting(200, 401);
        Authorizer inBody = Authorizer.inBody(credential, "check the credentials of '" + credential.username() + "'");
        return transport.call(post, inBody, answer -> {
            if (answer.status() == 401) {
                throw new UnauthorizedException(
                        post.failureText(whyRefused(answer)), new RegistryException.Reason(401, List.of(), false));
            }
            try {
                return new Bearer(answer.json().text("access_token")).token();
            } catch (IllegalArgumentException e) {
                throw answer.failure("its answer contains no usable token");
            }
        });
    }

    private static String whyRefused(Answer answer) throws IOException {
        // The answer may be the error page of a proxy.
        boolean secondFactor = Json.parse(answer.bytes(MAX_BYTES))
                .filter(body -> !body.text("login_2fa_token").isEmpty())
                .isPresent();
        return secondFactor
                ? "the account uses two-factor authentication, so the password is not enough; create an access token"
                        + " in the account's settings on Docker Hub and store it as the password"
                : "wrong username, password or access token (401); check the credentials";
    }

    /**
     * Passes every tag of {@code image} to a consumer, in no order. The first page has the number of tags; the other
     * pages are requested in parallel. One request per hundred tags, and one to log in.
     *
     * @param readings creates a consumer, and another one each time the list changes while it is read; a consumer is
     *     called by one thread at a time
     * @return the consumer that received the complete list
     * @throws RegistryException also if the list changed during each attempt
     */
    public <S extends Consumer<ListedTag>> S tags(ImageName image, Supplier<S> readings)
            throws RegistryException, InterruptedException {
        Set<String> before = Set.of();
        for (int number = 1; number <= READINGS; number++) {
            S consumer = readings.get();
            TagReading reading = new TagReading(image, consumer);
            reading.run();
            // The same list twice is complete, even if the count differs, which Docker Hub may take from another
            // source.
            if (reading.isComplete() || (reading.reachesTheEnd() && reading.names.equals(before))) {
                return consumer;
            }
            before = reading.names;
        }
        throw new RegistryException("Cannot list the tags of " + image + " on "
                + location.api().getHost() + ": the list changed during each of "
                + READINGS + " attempts to read it; nothing is done without a complete list");
    }

    /**
     * @param count the number of all tags, not only on this page
     * @param size the number of tags on this page
     * @param hasNext whether Docker Hub names a next page
     */
    private record TagPage(int count, int size, boolean hasNext) {
        /** The list is now too short to have this page. */
        static final TagPage BEYOND_THE_END = new TagPage(-1, 0, false);
    }

    private final class TagReading {

        private final ImageName image;
        private final Consumer<ListedTag> consumer;
        private final Progress progress;
        private final Set<String> names = new HashSet<>();
        private List<TagPage> pages = List.of();
        /** The number of all tags, as of the latest page. */
        private volatile int reported;

        private int count;

        TagReading(ImageName image, Consumer<ListedTag> consumer) {
            this.image = image;
            this.consumer = consumer;
            this.progress = new Progress(
                    context,
                    read -> "Reading the tags of " + image + " on Docker Hub: " + read + " of " + reported + " so far");
        }

        void run() throws RegistryException, InterruptedException {
            TagPage first = page(1);
            // Docker Hub may send fewer tags than requested.
            int number = first.size == 0 ? 1 : (first.count + first.size - 1) / first.size;
            List<Integer> others = IntStream.rangeClosed(2, Math.min(number, MAX_PAGES))
                    .boxed()
                    .toList();
            count = first.count;
            pages = new ArrayList<>(List.of(first));
            pages.addAll(Parallel.each(others, Parallel.PER_HOST, this::page));
            pages.removeIf(page -> page.size == 0);
        }

        boolean isComplete() {
            return names.size() == count && pages.stream().allMatch(p -> p.count == count);
        }

        /** Whether every page except the last is full, and the last one names no next page. */
        boolean reachesTheEnd() {
            int last = pages.size() - 1;
            return last >= 0
                    && pages.stream().limit(last).allMatch(p -> p.size == pages.get(0).size)
                    && !pages.get(last).hasNext;
        }

        private TagPage page(int number) throws RegistryException, InterruptedException {
            int size = location.pageSize() == 0 ? MAX_PAGE_SIZE : location.pageSize();
            String query = "?page=" + number + "&page_size=" + size;
            Entries entries;
            try {
                entries = call(
                        "list the tags of " + image,
                        "GET",
                        image,
                        "/tags",
                        query,
                        RequestBody.NONE,
                        DockerHub::entries);
            } catch (NotFoundException e) {
                if (number > 1) {
                    return TagPage.BEYOND_THE_END;
                }
                throw e;
            }
            synchronized (this) {
                int known = names.size();
                for (Json entry : entries.values) {
                    TagList.requireGoingOn();
                    if (names.add(entry.text("name")) && Tag.isValid(entry.text("name"))) {
                        consumer.accept(listedTag(entry));
                    }
                }
                reported = entries.count;
                progress.add(names.size() - known);
            }
            return new TagPage(entries.count, entries.values.size(), entries.hasNext);
        }
    }

    /** A page as received. */
    record Entries(int count, List<Json> values, boolean hasNext) {}

    static Entries entries(Answer answer) throws IOException {
        Json body = answer.json(MAX_BYTES);
        long count = body.number("count", -1);
        if (!body.field("results").isArray() || count < 0) {
            throw answer.failure("the answer is not a list of tags");
        }
        // An excessive count would fill the memory with pending requests.
        if (count > MAX_TAGS) {
            throw answer.failure("it claims to have " + count + " tags, but at most " + MAX_TAGS + " can be read");
        }
        return new Entries(
                (int) count, body.field("results").items(), !body.text("next").isEmpty());
    }

    /**
     * Reads an entry whose name is a valid tag. Its digest is not in Docker's documentation. If it is missing, the
     * digest is unknown, also for a single platform, which may be in an index.
     */
    static ListedTag listedTag(Json entry) {
        Map<Digest, Long> platforms = new HashMap<>();
        for (Json image : entry.field("images").items()) {
            digest(image.text("digest")).ifPresent(digest -> platforms.put(digest, image.number("size", 0)));
        }
        Optional<Instant> pushed = moment(entry.text("tag_last_pushed")).or(() -> moment(entry.text("last_updated")));
        return new ListedTag(new Tag(entry.text("name")), digest(entry.text("digest")), pushed, platforms);
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> moment(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** The details of a tag; empty if it does not exist. Does not count as a pull. One request, and one to log in. */
    public Optional<ListedTag> tag(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            return Optional.of(call(
                    "look up " + tagged,
                    "GET",
                    tagged.name(),
                    "/tags/" + tagged.reference(),
                    "",
                    RequestBody.NONE,
                    a -> {
                        Json entry = a.json(MAX_BYTES);
                        if (!entry.text("name").equals(tagged.reference())) {
                            throw a.failure("the answer is about another tag");
                        }
                        return listedTag(entry);
                    }));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    /** Deletes only this tag; returns whether it existed. One request, and one to log in. */
    public boolean deleteTag(ImageReference tagged) throws RegistryException, InterruptedException {
        try {
            String suffix = "/tags/" + tagged.reference();
            return call(
                    "delete the tag " + tagged, "DELETE", tagged.name(), suffix, "", RequestBody.NONE, answer -> true);
        } catch (NotFoundException e) {
            return false;
        }
    }

    /**
     * Changes the page of a repository, and only what {@code change} sets. One request if the page is up to date,
     * otherwise two, and one to log in.
     *
     * <p>Docker Hub has no conditional updates. The page is therefore read right before each attempt, and only
     * descriptions that differ are sent. If a person saves the same description at that moment, their edit is lost.
     *
     * @return whether the page was changed
     * @throws RegistryException also if the page would be too long or its sections are damaged; then nothing is sent
     */
    public boolean changePage(ImageName image, PageChange change) throws RegistryException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Page before = page(image);
            Page after = changed(change, before, image);
            if (after.equals(before)) {
                // The update may have succeeded although the answer was lost.
                return attempt > 1;
            }
            byte[] body = Json.write(before.differences(after));
            // Not repeated by the transport, because a person may have changed the page since.
            RequestBody once =
                    new RequestBody(() -> new ByteArrayInputStream(body), body.length, "application/json", false);
            try {
                return call("change the page of " + image, "PATCH", image, "", "", once, answer -> true);
            } catch (RegistryException e) {
                if (!e.isTemporary() || attempt == CHANGE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private Page page(ImageName image) throws RegistryException, InterruptedException {
        return call("read the page of " + image, "GET", image, "", "", RequestBody.NONE, answer -> {
            Json body = answer.json(MAX_BYTES);
            // Without this check, a missing page would look like an empty one and be overwritten.
            if (!body.has("description") || !body.has("full_description")) {
                throw answer.failure("the answer does not contain the repository's descriptions");
            }
            return new Page(body.text("description"), body.text("full_description"));
        });
    }

    private Page changed(PageChange change, Page before, ImageName image) throws RegistryException {
        try {
            return change.appliedTo(before);
        } catch (IllegalArgumentException e) {
            throw new RegistryException("Cannot change the page of " + image + " on "
                    + location.api().getAuthority() + ": " + e.getMessage());
        }
    }

    /** The documented addresses, and the older ones that still work. */
    private enum Address {
        DOCUMENTED("/v2/namespaces/%s/repositories/%s%s%s"),
        OLD("/v2/repositories/%s/%s%s/%s");

        private final String form;

        Address(String form) {
            this.form = form;
        }

        String path(ImageName image, String suffix, String query) {
            return String.format(form, image.namespace(), image.repository(), suffix, query);
        }
    }

    /**
     * Sends a request to the documented address of a repository, and to the old one if Docker Hub does not know the
     * first.
     */
    private <T> T call(
            String phrase,
            String method,
            ImageName image,
            String suffix,
            String query,
            RequestBody body,
            Answer.Reader<T> reading)
            throws RegistryException, InterruptedException {
        Address address = known.get(method);
        if (address == null) {
            try {
                T result = send(phrase, method, Address.DOCUMENTED.path(image, suffix, query), body, reading);
                known.put(method, Address.DOCUMENTED);
                return result;
            } catch (RegistryException e) {
                if (!UNKNOWN_ADDRESS.contains(e.status())) {
                    throw e;
                }
            }
            address = Address.OLD;
        }
        T result = send(phrase, method, address.path(image, suffix, query), body, reading);
        known.put(method, address);
        return result;
    }

    private <T> T send(String phrase, String method, String path, RequestBody body, Answer.Reader<T> reading)
            throws RegistryException, InterruptedException {
        RegistryRequest request = RegistryRequest.of(
                        phrase, method, location.api().resolve(path))
                .header("Accept", "application/json")
                .body(body);
        return transport.call(request, authorizer(), reading);
    }

    private Authorizer authorizer() {
        if (authentication instanceof Basic basic) {
            return new Login(basic);
        }
        return authentication instanceof Bearer
                ? Authorizer.of(authentication, "check that the access token is valid for Docker Hub's API")
                : Authorizer.NONE;
    }

    /** One login for all calls, renewed before its ten minutes are over. */
    private final class Session {

        private static final Duration USE = Duration.ofMinutes(9);

        private final List<String> secrets = new ArrayList<>();
        private String token = "";
        private Instant renewal = Instant.MIN;

        synchronized String token(Basic credential) throws RegistryException, InterruptedException {
            if (token.isEmpty() || !context.time().now().isBefore(renewal)) {
                token = login(credential);
                renewal = context.time().now().plus(USE);
                secrets.addAll(new Bearer(token).secrets());
            }
            return token;
        }

        synchronized void forget(String refused) {
            if (refused.equals("Bearer " + token)) {
                token = "";
            }
        }

        synchronized List<String> secrets() {
            return List.copyOf(secrets);
        }
    }

    /** The session of one call. */
    private final class Login implements Authorizer {

        private final Basic credential;
        private volatile boolean renewed;

        Login(Basic credential) {
            this.credential = credential;
        }

        @Override
        public Optional<String> authorization() throws RegistryException, InterruptedException {
            return Optional.of("Bearer " + session.token(credential));
        }

        /** A token may expire early. If a second one is refused, too, the token is not the cause. */
        @Override
        public boolean reconsider(Answer answer, Optional<String> refused) {
            if (answer.status() != 401 || renewed) {
                return false;
            }
            renewed = true;
            refused.ifPresent(session::forget);
            return true;
        }

        @Override
        public List<String> secrets() {
            return session.secrets();
        }

        @Override
        public String advice() {
            return "check the permissions of '" + credential.username() + "'";
        }
    }
}
