package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.InvisibleAction;
import hudson.model.UnprotectedRootAction;
import hudson.security.csrf.CrumbExclusion;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.config.RateLimit;
import io.jenkins.plugins.dockerpromotion.config.RegistryConfiguration;
import io.jenkins.plugins.dockerpromotion.notification.Payload;
import io.jenkins.plugins.dockerpromotion.notification.PayloadException;
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
 * Where registries tell of pushes. Everybody reaches it, so nothing is read before the token is known, and whatever comes
 * after it is bounded: bytes, bodies at a time, deliveries of one token in a second, deliveries that wait.
 *
 * <p>Another plugin may have the same address. Its registries may rely on it, so it goes first as long as it is installed.
 */
@Extension(ordinal = -100)
public final class WebhookEndpoint extends InvisibleAction implements UnprotectedRootAction {

    static final String URL_NAME = "dockerhub-webhook";

    private static final Logger LOGGER = Logger.getLogger(WebhookEndpoint.class.getName());
    private static final Pattern PATH = Pattern.compile("/([^/]{1,200})(?:/(?:notify/?)?)?");
    private static final int TOO_MANY_REQUESTS = 429;

    /** Deliveries of one token: so many at once, and then as many in each second. */
    static final int BURST = 500;

    static final int PER_SECOND = 50;
    /** Half of them with one token, so that none keeps the others out. */
    private static final int BODIES_AT_A_TIME = 32;

    private static final int BODIES_OF_ONE_TOKEN = BODIES_AT_A_TIME / 2;

    /** Of one delivery, as it is kept and shown. */
    private static final int MAX_PUSHES = 100;

    private final Map<String, Limits> limits = new ConcurrentHashMap<>();
    private volatile LongSupplier nanoClock = System::nanoTime;
    private final Semaphore bodies = new Semaphore(BODIES_AT_A_TIME);

    /** What one token may do. */
    private record Limits(RateLimit rate, Semaphore bodies) {}

    static WebhookEndpoint get() {
        return ExtensionList.lookupSingleton(WebhookEndpoint.class);
    }

    /** For tests, which have no say over how fast a machine is. */
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

    /** All that is behind the address: the token, and no more. */
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
        try {
            take(token, read(body, request.getContentType()), response);
        } catch (PayloadException e) {
            refuse(token, response, HttpServletResponse.SC_BAD_REQUEST, "Cannot read it: " + e.getMessage());
        }
    }

    /** One at a time: what a megabyte of brackets becomes in memory is many megabytes. */
    private static synchronized Payload read(byte[] body, String contentType) throws PayloadException {
        List<String> hosts = DockerPromotionConfiguration.get().getRegistries().stream()
                .map(RegistryConfiguration::getHost)
                .filter(host -> host != null && !host.equals(ImageName.DOCKER_HUB))
                .toList();
        return Payload.parse(body, contentType == null ? "" : contentType, hosts);
    }

    private static void take(WebhookToken token, Payload payload, StaplerResponse2 response) throws IOException {
        try {
            // If a part finds no room, the sender repeats all of them, and those that were taken are known by then.
            for (Payload part : payload.parts(MAX_PUSHES)) {
                if (!PushStore.get().take(Delivery.of(token, part))) {
                    tooMany(response);
                    return;
                }
            }
            if (payload.events().isEmpty()) {
                answer(response, HttpServletResponse.SC_OK, "It reports no push");
            } else {
                answer(response, HttpServletResponse.SC_ACCEPTED, "Taken");
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Cannot store a delivery", e);
            answer(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "It cannot be stored now");
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

    /** A registry has no crumb. Its token proves that it may post. */
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
