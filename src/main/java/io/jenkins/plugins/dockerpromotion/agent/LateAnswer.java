package io.jenkins.plugins.dockerpromotion.agent;

import hudson.model.Computer;
import hudson.remoting.Callable;
import hudson.remoting.Channel;
import hudson.remoting.Request;
import hudson.remoting.Response;
import hudson.remoting.VirtualChannel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Waits for an agent's answer without a thread of the controller, of which a call would hold one for as long as it takes:
 * hundreds of promotions may wait for a slow registry at the same time.
 */
public final class LateAnswer<T> extends Channel.Listener {

    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private volatile Future<T> sent;

    private LateAnswer() {}

    /**
     * Sends a call to where {@code channel} leads.
     *
     * @return what came back, or the failure as the call threw it; completed by a thread that may be held up
     */
    public static <T> CompletableFuture<T> to(VirtualChannel channel, Callable<T, ?> call) throws IOException {
        LateAnswer<T> late = new LateAnswer<>();
        if (channel instanceof Channel agent) {
            agent.addListener(late);
            try {
                late.sent = agent.callAsync(call);
            } catch (IOException | RuntimeException | Error e) {
                agent.removeListener(late);
                throw e;
            }
            late.look(agent);
        } else {
            // The controller itself, whose thread it takes in any case.
            Future<T> future = channel.callAsync(call);
            Computer.threadPoolForRemoting.execute(() -> late.take(future));
        }
        return late.answer;
    }

    @Override
    public void onResponse(Channel channel, Request<?, ?> request, Response<?, ?> response, long totalTime) {
        look(channel);
    }

    @Override
    public void onClosed(Channel channel, IOException cause) {
        look(channel);
    }

    /** Called by the thread that reads from the agent, which others wait for. */
    private void look(Channel channel) {
        Future<T> future = sent;
        if (future != null && (future.isDone() || channel.isInClosed()) && taken.compareAndSet(false, true)) {
            channel.removeListener(this);
            Computer.threadPoolForRemoting.execute(() -> take(future));
        }
    }

    private void take(Future<T> future) {
        try {
            answer.complete(future.get());
        } catch (ExecutionException e) {
            answer.completeExceptionally(e.getCause());
        } catch (InterruptedException | RuntimeException | Error e) {
            answer.completeExceptionally(e);
        }
    }
}
