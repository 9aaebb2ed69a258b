package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.registry.Digest;
import io.jenkins.plugins.dockerpromotion.registry.Manifest;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.Parallel;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryContext;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Moves the tags of all images, all or none: if one cannot be moved, those that moved are put back. Existing tags move
 * before new tags are added, because a new tag may have to stay: not every registry can delete a tag.
 */
final class TagMoves {

    private final List<ImagePromotion> images;
    private final RegistryContext context;

    TagMoves(List<ImagePromotion> images, RegistryContext context) {
        this.images = images;
        this.context = context;
    }

    private record Move(ImagePromotion image, Tag tag) {
        boolean isOfNewTag() {
            return image.previous(tag).isEmpty();
        }

        boolean isAhead() {
            return image.isToMove(tag);
        }
    }

    /** @throws IOException if the previous digests cannot be recorded; no tag was moved then */
    void run() throws IOException, InterruptedException {
        Map<String, String> before = new HashMap<>();
        images.forEach(image -> before.putAll(image.toKeep()));
        context.memory().keep(before);
        List<Move> moves = images.stream()
                .flatMap(image ->
                        image.request().to().stream().filter(image::isChanged).map(tag -> new Move(image, tag)))
                .toList();
        try {
            move(moves.stream().filter(move -> !move.isOfNewTag()));
            move(moves.stream().filter(Move::isOfNewTag));
        } catch (InterruptedException e) {
            // The build was aborted. The tags are still put back, and the log says where they point.
            List<UndoneReceipt> undone = undo(moves);
            context.notices().say("Promotion of " + sources() + " was aborted; " + text(undone));
            throw new PromotionAbortedException("aborted; " + text(undone), undone);
        } catch (RegistryException e) {
            throw failed(e.getMessage(), moves);
        } catch (RuntimeException | Error e) {
            throw failed("Cannot promote " + sources() + ": " + e, moves);
        }
    }

    private PromotionException failed(String what, List<Move> moves) {
        List<UndoneReceipt> undone = undo(moves);
        return new PromotionException(what + "; " + text(undone), undone);
    }

    private String sources() {
        return images.stream().map(image -> image.request().source().toString()).collect(Collectors.joining(", "));
    }

    private static String text(List<UndoneReceipt> undone) {
        return undone.stream().map(UndoneReceipt::text).collect(Collectors.joining("; "));
    }

    private static void move(Stream<Move> moves) throws RegistryException, InterruptedException {
        Parallel.each(moves.filter(Move::isAhead).toList(), Transfers.REQUESTS, move -> move.image.move(move.tag));
    }

    /** Runs in its own thread, so that a second abort of the build does not leave the tags half-way. */
    private List<UndoneReceipt> undo(List<Move> moves) {
        FutureTask<List<UndoneReceipt>> task = new FutureTask<>(() -> putBack(moves));
        Thread thread = new Thread(task, "docker-promotion-put-back");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private List<UndoneReceipt> putBack(List<Move> moves) throws RegistryException, InterruptedException {
        Map<ImagePromotion, List<UndoneReceipt.Outcome>> byImage = new LinkedHashMap<>();
        Parallel.map(moves, Transfers.REQUESTS, TagMoves::putBack)
                .forEach((move, outcome) -> byImage.computeIfAbsent(move.image, image -> new ArrayList<>())
                        .add(outcome));
        return byImage.entrySet().stream()
                .map(entry -> new UndoneReceipt(entry.getKey().receipt(), entry.getValue()))
                .toList();
    }

    private static UndoneReceipt.Outcome putBack(Move move) {
        String tag = move.tag.value();
        String promoted = move.image.digest().abbreviated();
        try {
            Optional<String> elsewhere = unlessMoved(move);
            if (elsewhere.isPresent()) {
                return new UndoneReceipt.Outcome(tag, false, elsewhere.get());
            }
            return restore(move);
        } catch (InterruptedException | RegistryException | RuntimeException | Error e) {
            String why = e instanceof RegistryException ? e.getMessage() : e.toString();
            return new UndoneReceipt.Outcome(
                    tag, true, "may point to " + promoted + " and could not be put back (" + why + ")");
        }
    }

    /** Where the tag points now; empty if it points to the promoted image. */
    private static Optional<String> unlessMoved(Move move) throws RegistryException, InterruptedException {
        Optional<Digest> now = move.image.now(move.tag);
        if (move.image.isPromoted(now)) {
            return Optional.empty();
        }
        String where = now.map(Digest::abbreviated).orElse("nothing");
        if (!now.equals(move.image.previous(move.tag))) {
            return Optional.of("moved by another client to " + where);
        }
        return Optional.of(now.isPresent() ? "unchanged at " + where : "still absent");
    }

    /** Reads the old manifest first, so that the last check comes right before the change. */
    private static UndoneReceipt.Outcome restore(Move move) throws RegistryException, InterruptedException {
        ImagePromotion image = move.image;
        String tag = move.tag.value();
        if (move.isOfNewTag()) {
            image.remove(move.tag);
        } else {
            Manifest before = image.manifestBefore(move.tag);
            Optional<String> elsewhere = unlessMoved(move);
            if (elsewhere.isPresent()) {
                return new UndoneReceipt.Outcome(tag, false, elsewhere.get());
            }
            image.putBack(move.tag, before);
        }
        Optional<Digest> after = image.now(move.tag);
        if (after.equals(image.previous(move.tag))) {
            return new UndoneReceipt.Outcome(
                    tag, false, after.map(d -> "put back to " + d.abbreviated()).orElse("removed again"));
        }
        String where = after.map(Digest::abbreviated).orElse("nothing");
        return image.isPromoted(after)
                ? new UndoneReceipt.Outcome(
                        tag, true, "still at " + where + ", although the registry accepted the request to put it back")
                : new UndoneReceipt.Outcome(tag, false, "moved by another client to " + where);
    }
}
