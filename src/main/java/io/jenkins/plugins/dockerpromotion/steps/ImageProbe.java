package io.jenkins.plugins.dockerpromotion.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Item;
import hudson.util.DaemonThreadFactory;
import hudson.util.FormValidation;
import hudson.util.NamingThreadFactory;
import io.jenkins.plugins.dockerpromotion.config.DockerPromotionConfiguration;
import io.jenkins.plugins.dockerpromotion.form.FormCheck;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.http.Addresses;
import io.jenkins.plugins.dockerpromotion.registry.http.Notices;
import io.jenkins.plugins.dockerpromotion.registry.http.PublicAddresses;
import io.jenkins.plugins.dockerpromotion.registry.http.Quotas;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryAuthentication;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.Timekeeper;
import io.jenkins.plugins.dockerpromotion.registry.http.Timing;
import io.jenkins.plugins.dockerpromotion.tags.TagQuery;
import io.jenkins.plugins.dockerpromotion.version.TagPattern;
import io.jenkins.plugins.dockerpromotion.webhook.RateLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.security.SecurityContextExecutorService;

/**
 * Looks at an image for a form, from the controller: a few seconds, a few tests of a user at a time, and nothing in this
 * network that an administrator did not name. To who is no administrator, all that cannot be reached looks the same.
 */
@Extension
public final class ImageProbe {

    /** Tests that a user may do at once, and how many more each second. */
    static final int BURST = 10;

    private static final double PER_SECOND = 0.2;

    private static final int TESTS_AT_A_TIME = 4;
    private static final int MOST_TAGS = 5_000;
    private static final int MOST_USERS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private static final Timing TIMING =
            new Timing(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(5), 1, Duration.ofSeconds(1));

    private static final Addresses ADDRESSES = call -> PublicAddresses.required(
            call, List.of(InetAddress.getAllByName(call.uri().getHost())));

    private static final Logger LOGGER = Logger.getLogger(ImageProbe.class.getName());

    private final ExecutorService threads = new SecurityContextExecutorService(new ThreadPoolExecutor(
            0,
            TESTS_AT_A_TIME,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new NamingThreadFactory(new DaemonThreadFactory(), "docker-promotion-probe")));

    private final Map<String, RateLimit> limits = new ConcurrentHashMap<>();
    private LongSupplier nanoClock = System::nanoTime;

    static ImageProbe get() {
        return ExtensionList.lookupSingleton(ImageProbe.class);
    }

    /** The clock that users' tests are counted by, for tests of this; none is counted so far. */
    void setNanoClock(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        limits.clear();
    }

    /** What is to be looked at, and with which credentials. */
    record Question(ImageName image, String credentialsId, Optional<TagPattern> pattern) {}

    /** What a test found, and as whom. */
    record Finding(RegistryAuthentication as, TagQuery.Found found) {
        boolean isComplete() {
            return found.looked() < MOST_TAGS;
        }
    }

    /**
     * What a form shows of an image.
     *
     * @param item whose form it is, {@code null} for Jenkins itself
     * @param pattern reads the fields that say which tags are wanted
     * @throws org.springframework.security.access.AccessDeniedException if the user may not configure {@code item}
     */
    FormValidation test(
            @CheckForNull Item item, String image, String credentialsId, Supplier<Optional<TagPattern>> pattern) {
        if (item == null) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        } else {
            item.checkPermission(Item.CONFIGURE);
        }
        String name = Util.fixEmptyAndTrim(image);
        if (name == null) {
            return FormValidation.error(Messages.ImageForm_imageRequired());
        }
        if (name.contains("${") || Util.fixNull(credentialsId).contains("${")) {
            return FormValidation.warning(Messages.ImageProbe_parameter());
        }
        return FormCheck.of(() -> answer(item, new Question(ImageName.parse(name), credentialsId, pattern.get())));
    }

    private FormValidation answer(Item item, Question question) {
        if (!limit().tryTake()) {
            return FormValidation.warning(Messages.ImageProbe_tooMany());
        }
        RegistryContext context = new RegistryContext(
                DockerPromotionConfiguration.get().network().with(TIMING),
                Timekeeper.SYSTEM,
                Notices.NONE,
                new Quotas(),
                Optional.of(ADDRESSES));
        Future<Finding> asked;
        try {
            asked = threads.submit(() -> look(item, question, context));
        } catch (RejectedExecutionException e) {
            return FormValidation.warning(Messages.ImageProbe_tooMany());
        }
        try {
            return ProbeText.reached(question, asked.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            return explained(question, e.getCause());
        } catch (TimeoutException e) {
            return unreachable(question, Messages.ImageProbe_late(question.image(), PATIENCE.toSeconds()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FormValidation.ok();
        } finally {
            asked.cancel(true);
        }
    }

    private RateLimit limit() {
        if (limits.size() > MOST_USERS) {
            limits.clear();
        }
        return limits.computeIfAbsent(
                Jenkins.getAuthentication2().getName(), user -> new RateLimit(BURST, PER_SECOND, nanoClock));
    }

    private static Finding look(Item item, Question question, RegistryContext context)
            throws AbortException, RegistryException, InterruptedException {
        RegistryAuthentication authentication = StepCredentials.find(
                item, question.credentialsId(), question.image().host());
        TagQuery query = new TagQuery(question.image(), question.pattern(), 1);
        return new Finding(authentication, query.with(authentication).glance(context, MOST_TAGS));
    }

    private static FormValidation explained(Question question, Throwable e) {
        if (e instanceof RegistryException failure && failure.status() == 0) {
            return unreachable(question, e.getMessage());
        }
        if (e instanceof RegistryException || e instanceof AbortException || e instanceof IllegalArgumentException) {
            return FormValidation.error(e.getMessage());
        }
        LOGGER.log(Level.WARNING, e, () -> "Cannot test " + question.image());
        return unreachable(question, e.toString());
    }

    /** A connection that is refused, a name nobody knows or a host of this network: what tells them apart is a map of it. */
    private static FormValidation unreachable(Question question, String why) {
        return FormValidation.error(
                Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                        ? Messages.ImageProbe_failed(why)
                        : Messages.ImageProbe_unreachable(question.image()));
    }
}
