package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.tags.TextTable;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a promotion of several images did, or would do.
 *
 * @param images in the order of the request
 */
public record TrainReceipt(List<PromotionReceipt> images) implements Serializable {

    public TrainReceipt {
        images = List.copyOf(images);
    }

    /** The plan as a table, a line for each target. */
    public List<String> table() {
        TextTable table = new TextTable("IMAGE", "TARGET", "NOW", "THEN");
        for (PromotionReceipt image : images) {
            for (PromotionReceipt.Target target : image.targets()) {
                table.row(
                        image.source(),
                        image.image() + ":" + target.tag(),
                        target.previousDigest().isEmpty() ? "-" : abbreviated(target.previousDigest()),
                        target.changed() ? abbreviated(image.digest()) : "as now");
            }
        }
        return table.lines();
    }

    private static String abbreviated(String digest) {
        return digest.substring(0, Math.min(digest.length(), digest.indexOf(':') + 13));
    }

    /** What {@link PromotionReceipt#asMap} has, by repository; by image where two of a repository were promoted. */
    public Map<String, Object> asMap() {
        List<String> names = images.stream().map(TrainReceipt::repository).toList();
        Map<String, Object> map = new LinkedHashMap<>();
        images.forEach(image -> {
            boolean alone = Collections.frequency(names, repository(image)) == 1;
            map.put(alone ? repository(image) : image.source(), image.asMap());
        });
        return map;
    }

    private static String repository(PromotionReceipt image) {
        int digest = image.source().indexOf('@');
        return image.source().substring(0, digest >= 0 ? digest : image.source().lastIndexOf(':'));
    }
}
