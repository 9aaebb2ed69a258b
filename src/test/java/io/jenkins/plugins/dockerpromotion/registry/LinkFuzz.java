package io.jenkins.plugins.dockerpromotion.registry;

import io.jenkins.plugins.dockerpromotion.registry.http.Answer;
import io.jenkins.plugins.dockerpromotion.registry.http.Answers;
import io.jenkins.plugins.dockerpromotion.registry.http.Origin;
import io.jenkins.plugins.dockerpromotion.registry.http.RegistryException;
import io.jenkins.plugins.dockerpromotion.testing.CpuTime;
import io.jenkins.plugins.dockerpromotion.testing.FuzzInput;
import java.net.URI;
import java.util.Arrays;

/** Headers {@code Link}, one a line: whatever they say, the next page is where the last one was. */
public final class LinkFuzz {

    private static final URI PAGE = URI.create("https://registry.example.com/v2/group/app/tags/list?n=100");

    private LinkFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        CpuTime.within(FuzzInput.LIMIT, () -> read(FuzzInput.text(input)));
    }

    private static void read(String headers) {
        try (Answer answer = Answers.withHeader(PAGE, "Link", Arrays.asList(headers.split("\n", -1)))) {
            NextLink.of(answer)
                    .ifPresent(next -> FuzzInput.require(
                            Origin.of(next).equals(Origin.of(PAGE)), "a next page elsewhere: " + next));
        } catch (RegistryException e) {
            FuzzInput.require(e.getMessage().lines().count() == 1, "an error of several lines");
        }
    }
}
