package io.jenkins.plugins.dockerpromotion.tags;

import io.jenkins.plugins.dockerpromotion.attachment.AttachmentRemover;
import io.jenkins.plugins.dockerpromotion.registry.Tag;
import io.jenkins.plugins.dockerpromotion.registry.http.LogText;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of pruning, or of its dry run.
 *
 * @param kept the tags within the policy that stay
 * @param deleted the tags that were deleted, or would be
 * @param refused the tags that the registry refused to delete
 * @param attachments signatures, attestations and other referrers that were deleted with their images, or would be
 * @param freed an upper bound in bytes; content that other images share stays
 * @param dryRun whether nothing was deleted
 */
public record PruneReceipt(
        List<Entry> kept, List<Entry> deleted, List<Entry> refused, List<Entry> attachments, long freed, boolean dryRun)
        implements Serializable {

    public PruneReceipt {
        kept = List.copyOf(kept);
        deleted = List.copyOf(deleted);
        refused = List.copyOf(refused);
        attachments = List.copyOf(attachments);
    }

    /**
     * One tag, or one manifest without a tag.
     *
     * @param tag empty for a referrer that the registry lists without a tag
     * @param digest empty where it was not needed
     */
    public record Entry(String tag, String digest, String reason) implements Serializable {

        static Entry of(TagFacts facts, String reason) {
            return new Entry(
                    facts.tag().value(), facts.digest().map(Object::toString).orElse(""), reason);
        }

        static Entry of(AttachmentRemover.Removal removal, String reason) {
            return new Entry(
                    removal.tag().map(Tag::value).orElse(""), removal.digest().toString(), reason);
        }

        private Map<String, Object> asMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("tag", tag.isEmpty() ? null : tag);
            map.put("digest", digest.isEmpty() ? null : digest);
            map.put("reason", reason);
            return map;
        }
    }

    /** A summary in one line. */
    public String line() {
        return (dryRun ? "Would delete " : "Deleted ") + deleted.size() + (deleted.size() == 1 ? " tag" : " tags")
                + (attachments.isEmpty()
                        ? ""
                        : ", " + attachments.size() + (attachments.size() == 1 ? " attachment" : " attachments"))
                + " and " + (dryRun ? "keep " : "kept ") + kept.size()
                + (refused.isEmpty() ? "" : "; the registry refused " + refused.size())
                + (freed == 0 ? "" : "; that frees up to " + LogText.bytes(freed));
    }

    /** The same as maps and lists for a Pipeline; {@code null} for a digest that was not needed. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kept", maps(kept));
        map.put("deleted", maps(deleted));
        map.put("refused", maps(refused));
        map.put("attachments", maps(attachments));
        map.put("freedAtMost", freed);
        map.put("dryRun", dryRun);
        return map;
    }

    private static List<Map<String, Object>> maps(List<Entry> entries) {
        List<Map<String, Object>> maps = new ArrayList<>();
        entries.forEach(entry -> maps.add(entry.asMap()));
        return maps;
    }
}
