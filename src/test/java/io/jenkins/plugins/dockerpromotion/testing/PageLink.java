package io.jenkins.plugins.dockerpromotion.testing;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The {@code Link} to a list's next page, in the form that this registry's quirks give it. */
record PageLink(RegistrySettings settings, URI origin) {

    String after(String path, int pageSize, String last) {
        String query = settings.has(Quirk.REPEATS_A_PAGE)
                ? "n=" + pageSize
                : settings.has(Quirk.NEXT_PAGE_TOKEN)
                        ? "next_page=" + encode(last) + "&n=" + pageSize
                        : "last=" + last + "&n=" + pageSize;
        return link(path + "?" + query);
    }

    String link(String pathAndQuery) {
        String base = settings.linkOrigin()
                .map(URI::toString)
                .orElse(settings.has(Quirk.ABSOLUTE_LINK) ? origin.toString() : "");
        if (settings.has(Quirk.LINK_WITH_PATH_OF_A_PROXY)) {
            base += "/repository/proxy";
        }
        return "<" + base + pathAndQuery + ">; rel=\"next\"";
    }

    /** The tag after which the requested page begins. */
    static String start(Incoming request) {
        return request.parameter("next_page")
                .map(PageLink::decode)
                .or(() -> request.parameter("last"))
                .orElse("");
    }

    private static String encode(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(last.getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    }
}
