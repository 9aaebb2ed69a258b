package io.jenkins.plugins.dockerpromotion.notification;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Authorizer;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCall;
import io.jenkins.plugins.dockerpromotion.registry.http.HttpCaller;
import io.jenkins.plugins.dockerpromotion.registry.http.Network;
import io.jenkins.plugins.dockerpromotion.registry.http.PublicAddresses;
import io.jenkins.plugins.dockerpromotion.registry.http.Reading;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.registry.http.RequestBody;
import io.jenkins.plugins.dockerpromotion.registry.http.Timing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Answers a push: posts what came of it to the address in its payload, without any credential. */
public final class CallbackClient {

    /** An answer is best effort: nobody is to wait for long. */
    private static final Timing TIMING = new Timing(
            Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(10), 4, Duration.ofMinutes(1));

    private final RegistryContext context;
    private final InterruptibleResolver resolver;

    public CallbackClient(RegistryContext context) {
        this(
                new RegistryContext(context.network().with(TIMING), context.time(), context.notices()),
                host -> List.of(InetAddress.getAllByName(host)));
    }

    /** @param resolver the name service */
    CallbackClient(RegistryContext context, Resolver resolver) {
        this.context = context;
        this.resolver =
                new InterruptibleResolver(resolver, context.network().timing().connect());
    }

    /** A name service. */
    @FunctionalInterface
    interface Resolver {
        List<InetAddress> resolve(String host) throws UnknownHostException;
    }

    /**
     * Posts {@code message}; several times, if need be.
     *
     * @throws RegistryException if it was not taken, or the address is not to be trusted
     */
    public void send(CallbackAddress address, CallbackMessage message) throws RegistryException, InterruptedException {
        Network network = context.network();
        HttpCaller caller = HttpCaller.pinned(
                network,
                network.certificateAuthority(address.uri()),
                call -> checked(address, call),
                context.time(),
                context.notices());
        HttpCall call = new HttpCall(
                "answer the push",
                "POST",
                address.uri(),
                Map.of("Accept", "application/json"),
                new RequestBody.Bytes(message.json(), "application/json"),
                Authorizer.NONE);
        caller.call(call, new Taken());
    }

    /** All of them have to be fit: a name that stands for an address of this network as well is no name of Docker's. */
    private List<InetAddress> checked(CallbackAddress callback, HttpCall call) throws IOException {
        List<InetAddress> addresses = resolver.resolve(callback.uri().getHost());
        return callback.isListed() ? addresses : PublicAddresses.required(call, addresses);
    }

    /** Nothing of the answer matters but that it is a good one. */
    private static final class Taken implements Reading<Void> {
        @Override
        public Void read(Answer answer) {
            return null;
        }
    }
}
