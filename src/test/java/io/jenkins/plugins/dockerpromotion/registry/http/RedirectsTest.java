package io.jenkins.plugins.dockerpromotion.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectsTest {

    private static URI target(String from, String location) throws RegistryException {
        HttpCall call = HttpCall.getJson("try", URI.create(from), Authorizer.NONE);
        Answer answer = new Answer(call, call.uri(), 307, HttpHeaders.of(Map.of(), (n, v) -> true), BodyStream.empty());
        return Redirects.target(answer, call.uri(), location);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.test/v2/x/tags/list?n=1, /v2/x/tags/list?n=1&last=b, https://a.test/v2/x/tags/list?n=1&last=b",
        "https://a.test/v2/x/tags/list?n=1, ?n=1&last=b, https://a.test/v2/x/tags/list?n=1&last=b",
        "https://a.test/v2/x/tags/list, list?last=b, https://a.test/v2/x/tags/list?last=b",
        "https://a.test/v2/, //b.test/x, https://b.test/x",
        "https://a.test/v2/, https://b.test/x?a=%2F, https://b.test/x?a=%2F",
        "http://a.test/v2/, http://b.test/x, http://b.test/x",
        "http://127.0.0.1:1/v2/, http://127.0.0.1:2/x, http://127.0.0.1:2/x",
        "http://127.0.0.1:1/v2/, https://b.test/x, https://b.test/x",
    })
    void leadsToWhatIsAsSafe(String from, String location, String target) throws RegistryException {
        assertThat(target(from, location)).hasToString(target);
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.test/v2/, http://a.test/v2/",
        "https://a.test/v2/, http://127.0.0.1/v2/",
        "https://127.0.0.1/v2/, http://127.0.0.1/v2/",
        "http://127.0.0.1/v2/, http://a.test/v2/",
    })
    void leadsToNothingLessProtected(String from, String location) {
        assertThatThrownBy(() -> target(from, location))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("is not encrypted");
    }
}
