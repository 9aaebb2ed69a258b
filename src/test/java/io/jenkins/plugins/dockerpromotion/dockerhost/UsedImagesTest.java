package io.jenkins.plugins.dockerpromotion.dockerhost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsedImagesTest {

    private static final String ID = "sha256:4204d3727b309f1364f282a8437c5883637917d181e325dd03e1eb583c9144b1";

    @ParameterizedTest
    @CsvSource({
        "alpine, alpine:latest, true",
        "docker.io/library/alpine, alpine:latest, true",
        "index.docker.io/library/alpine:latest, alpine:latest, true",
        "alpine:3, alpine:latest, false",
        "registry.example.com:5000/app, registry.example.com:5000/app:latest, true",
        "registry.example.com:5000/app:1, registry.example.com:5000/app:1, true",
        "app@sha256:12, app@sha256:12, true",
        "app@sha256:12, app:latest, false",
        "4204d3727b30, other:1, true",
        "sha256:4204d3727b309f1364f282a8437c5883637917d181e325dd03e1eb583c9144b1, other:1, true",
        "4204d3, other:1, false",
        "4204d3727b31, other:1, false",
    })
    void knowsAnImageByAllItsNames(String asNamed, String asTold, boolean expected) {
        assertThat(new HostInventory.UsedImages(List.of(asNamed)).contain(ID, List.of(asTold)))
                .isEqualTo(expected);
    }
}
