package io.jenkins.plugins.dockerpromotion.promotion;

import io.jenkins.plugins.dockerpromotion.tags.TextTable;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The result of a promotion of several images, or of its dry run.
 *
 * @param images in the order of the request
 */
public record TrainReceipt(List<PromotionReceipt> images) implements Serializable {

    public TrainReceipt {
        images = List.copyOf(images);
    }

    /** The plan as a table with one line for each target. */
    public List<String> table() {
        TextTable table = new TextTable("IMAGE", "TARGET", "NOW", "THEN");
        for (PromotionReceipt image : images) {
            for (PromotionReceipt.Target target : image.targets()) {
                table.row(
                        image.source(),
                        image.image() + ":" + target.tag(),
                        target.previousDigest().isEmpty() ? "-" : abbreviated(target.previousDigest()),
                        target.changed() ? abbreviated(image.digest()) : "unchanged");
            }
        }
        return table.lines();
    }

    private static String abbreviated(String digest) {
        return digest.substring(0, Math.min(digest.length(), digest.indexOf(':') + 13));
    }

    /**
     * The results of {@link PromotionReceipt#asMap} by repository, or by image and tag if several images of one
     * repository were promoted.
     */
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
