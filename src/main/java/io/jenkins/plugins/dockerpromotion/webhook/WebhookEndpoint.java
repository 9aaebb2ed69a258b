package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.InvisibleAction;
import hudson.model.UnprotectedRootAction;
import hudson.security.csrf.CrumbExclusion;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.StaplerResponse2;

/**
 * Receives notifications from registries. It is public, so nothing is read before the token is checked, and everything
 * after that is limited: bytes, parallel bodies, deliveries per token and second, and waiting deliveries.
 *
 * <p>Another plugin may use the same URL. It takes precedence while it is installed, because existing registries may
 * rely on it.
 */
@Extension(ordinal = -100)
public final class WebhookEndpoint extends InvisibleAction implements UnprotectedRootAction {

    static final String URL_NAME = "dockerhub-webhook";

    private static final Logger LOGGER = Logger.getLogger(WebhookEndpoint.class.getName());
    private static final Pattern PATH = Pattern.compile("/([^/]{1,200})(?:/(?:notify/?)?)?");
    private static final int TOO_MANY_REQUESTS = 429;

    /** Rate limit for one token: the burst, and the rate per second. */
    static final int BURST = 500;

    static final int PER_SECOND = 50;
    /** One token may use half of them, so that no token can block the others. */
    private static final int BODIES_AT_A_TIME = 32;

    private static final int BODIES_OF_ONE_TOKEN = BODIES_AT_A_TIME / 2;

    /** Maximum number of events in one stored delivery. */
    private static final int MAX_PUSHES = 100;

    private final Map<String, Limits> limits = new ConcurrentHashMap<>();
    private volatile LongSupplier nanoClock = System::nanoTime;
    private final Semaphore bodies = new Semaphore(BODIES_AT_A_TIME);

    /** The limits of one token. */
    private record Limits(RateLimit rate, Semaphore bodies) {}

    static WebhookEndpoint get() {
        return ExtensionList.lookupSingleton(WebhookEndpoint.class);
    }

    /** For tests, which must not depend on the speed of the machine. */
    void setNanoClock(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public String getUrlName() {
        return URL_NAME;
    }

    public void doIndex(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        doDynamic(request, response);
    }

    /** Handles the path below the URL, which is the token. */
    public void doDynamic(StaplerRequest2 request, StaplerResponse2 response) throws IOException {
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            answer(response, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "Notifications must use POST");
            return;
        }
        Matcher path = PATH.matcher(request.getRestOfPath());
        Optional<WebhookToken> token =
                WebhookConfiguration.get().tokenOf(path.matches() ? path.group(1) : request.getRestOfPath());
        if (!path.matches() || token.isEmpty()) {
            answer(response, HttpServletResponse.SC_FORBIDDEN, "Unknown token");
        } else {
            receiveWithinLimits(token.get(), request, response);
        }
    }

    private void receiveWithinLimits(WebhookToken token, StaplerRequest2 request, StaplerResponse2 response)
            throws IOException {
        Limits own = limits.computeIfAbsent(
                token.getHash(),
                hash -> new Limits(
                        new RateLimit(BURST, PER_SECOND, () -> nanoClock.getAsLong()),
                        new Semaphore(BODIES_OF_ONE_TOKEN)));
        if (!own.bodies.tryAcquire()) {
            tooMany(response);
            return;
        }
        try {
            if (!own.rate.tryTake() || !bodies.tryAcquire()) {
                tooMany(response);
                return;
            }
            try {
                receive(token, request, response);
            } finally {
                bodies.release();
            }
        } finally {
            own.bodies.release();
        }
    }

    private static void receive(WebhookToken token, StaplerRequest2 request, StaplerResponse2 response)
            throws IOException {
        byte[] body = request.getInputStream().readNBytes(Payload.MAX_BYTES + 1);
        if (body.length > Payload.MAX_BYTES) {
            refuse(token, response, HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE, "The body is too long");
            return;
        }
        Payload payload;
        try {
            payload = read(body, request.getContentType());
        } catch (IllegalArgumentException e) {
            String why = "Cannot read the notification: " + e.getMessage();
            refuse(token, response, HttpServletResponse.SC_BAD_REQUEST, why);
            return;
        }
        take(token, payload, response);
    }

    /** One at a time: a megabyte of brackets needs many megabytes of memory. */
    private static synchronized Payload read(byte[] body, String contentType) {
        List<String> hosts = DockerPromotionConfiguration.get().getRegistries().stream()
                .map(RegistryConfiguration::getHost)
                .filter(host -> host != null && !host.equals(ImageName.DOCKER_HUB))
                .toList();
        return Payload.parse(body, contentType == null ? "" : contentType, hosts);
    }

    private static void take(WebhookToken token, Payload payload, StaplerResponse2 response) throws IOException {
        try {
            // If there is no room for a part, the sender repeats all parts, and those already accepted are recognised
            // as duplicates.
            for (Payload part : payload.parts(MAX_PUSHES)) {
                if (!PushStore.get().take(Delivery.of(token, part))) {
                    tooMany(response);
                    return;
                }
            }
            if (payload.events().isEmpty()) {
                answer(response, HttpServletResponse.SC_OK, "The notification does not report a push");
            } else {
                answer(response, HttpServletResponse.SC_ACCEPTED, "Taken");
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot store a delivery", e);
            answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Jenkins cannot store the notification now");
        }
    }

    private static void refuse(WebhookToken token, StaplerResponse2 response, int status, String why)
            throws IOException {
        PushStore.get().note(Delivery.refused(token, why));
        answer(response, status, why);
    }

    private static void tooMany(StaplerResponse2 response) throws IOException {
        response.setHeader("Retry-After", "10");
        answer(response, TOO_MANY_REQUESTS, "Too many deliveries at once");
    }

    private static void answer(StaplerResponse2 response, int status, String line) throws IOException {
        response.setStatus(status);
        response.setContentType("text/plain;charset=UTF-8");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getWriter().println(line);
    }

    /** Registries have no crumb; the token authorizes the request. */
    @Extension
    public static final class WithoutCrumb extends CrumbExclusion {
        @Override
        public boolean process(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            String path = request.getPathInfo();
            if (path == null || !path.startsWith("/" + URL_NAME + "/")) {
                return false;
            }
            chain.doFilter(request, response);
            return true;
        }
    }
}
