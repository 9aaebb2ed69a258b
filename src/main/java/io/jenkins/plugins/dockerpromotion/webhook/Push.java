package io.jenkins.plugins.dockerpromotion.webhook;

import hudson.util.Secret;
import io.jenkins.plugins.dockerpromotion.notification.PushEvent;
import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.ImageName;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** A push as it is kept on disk until its builds are scheduled, and on the page of deliveries. */
public final class Push {

    private final String id;
    private final String image;
    private final String tag;
    private final String digest;
    private final String pusher;
    private final String time;
    private final Secret callback;

    Push(PushEvent event) {
        id = UUID.randomUUID().toString();
        image = event.image().toString();
        tag = event.tag().value();
        digest = event.digest().map(Digest::toString).orElse(null);
        pusher = event.pusher();
        time = event.time().map(Instant::toString).orElse(null);
        callback = event.callback().map(URI::toString).map(Secret::fromString).orElse(null);
    }

    /** What all builds that one push started have in common; another one each time the push is replayed. */
    public String getId() {
        return id;
    }

    /** Read again, as a file may have been changed. */
    PushEvent event() {
        return new PushEvent(
                ImageName.parse(image),
                new Tag(tag),
                Optional.ofNullable(digest).map(Digest::parse),
                pusher == null ? "" : pusher,
                Optional.ofNullable(time).map(Instant::parse),
                callbackAddress().map(URI::create));
    }

    /** Where Docker Hub wants to hear what came of it, as the payload had it. Who knows it can answer: never shown. */
    public Optional<String> callbackAddress() {
        return Optional.ofNullable(callback).map(Secret::getPlainText);
    }

    public String getImage() {
        return image;
    }

    public String getTag() {
        return tag;
    }

    public String getPusher() {
        return pusher;
    }

    /** For people: {@code technolog/serviceone:2017.2.103}. */
    @Override
    public String toString() {
        return image + ":" + tag;
    }
}
