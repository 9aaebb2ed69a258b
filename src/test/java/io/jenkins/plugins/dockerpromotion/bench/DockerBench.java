package io.jenkins.plugins.dockerpromotion.bench;

import io.jenkins.plugins.dockerpromotion.testing.DockerDaemonProcess;
import io.jenkins.plugins.dockerpromotion.testing.TemporaryDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Compares a promotion within a repository with {@code docker pull}, {@code docker tag} and {@code docker push}. */
final class DockerBench {

    private static final String REPOSITORY = "app/one";
    private static final String TAG = "2026.47.103";

    private final Report report;

    DockerBench(Report report) {
        this.report = report;
    }

    void run() throws Exception {
        report.heading("Promotion beside the Docker daemon");
        report.paragraph("Two targets in the same repository of docker-registry. The daemon (storage driver vfs) does"
                + " not have the image before each run, as on an agent that is cleaned up.");
        try (DockerDaemonProcess daemon = DockerDaemonProcess.startOrSkip(DockerBench.class);
                TemporaryDirectory directory = new TemporaryDirectory("bench")) {
            CommandLine docker = new CommandLine(Map.of("DOCKER_HOST", daemon.host()));
            compare(docker, directory.path(), 2000);
        }
    }

    private void compare(CommandLine docker, Path directory, int megabytes) throws Exception {
        try (Site site = Site.emptyDockerRegistry()) {
            push(docker, directory, site.host() + "/" + REPOSITORY + ":" + TAG, megabytes);
            List<Race.Result> results = new Race(
                            contenders(site.countedHost(), docker), site.meter(), contenders(site.host(), docker))
                    .run(0, 2);
            report.race(megabytes + " MB, 2 targets, " + site.description(), results, false);
            double share = results.get(0).over(results.get(1));
            report.goal(
                    "Two targets, " + megabytes + " MB: time over docker pull, tag, push",
                    "less than 0.02",
                    share,
                    share < 0.02);
        }
    }

    private static List<Contender> contenders(String host, CommandLine docker) {
        String repository = host + "/" + REPOSITORY;
        return List.of(
                Contender.of("this plugin", n -> OwnClient.promote(repository, TAG, repository, targets("own", n))),
                Contender.of("docker pull, tag, push", n -> {
                            docker.run("docker", "pull", "--quiet", repository + ":" + TAG);
                            for (String target : targets("docker", n)) {
                                docker.run("docker", "tag", repository + ":" + TAG, repository + ":" + target);
                                docker.run("docker", "push", "--quiet", repository + ":" + target);
                            }
                        })
                        .preparedBy(n -> docker.run("docker", "image", "prune", "--all", "--force")));
    }

    private static List<String> targets(String contender, int number) {
        return List.of(contender + "-" + number + "-rc", contender + "-" + number + "-latest");
    }

    /** Pushes an image of random bytes. They do not compress, like layers that are already compressed. */
    private static void push(CommandLine docker, Path directory, String image, int megabytes) throws Exception {
        Path content = Files.createDirectories(directory.resolve("image")).resolve("content");
        write(content, megabytes);
        Path archive = directory.resolve("image.tar");
        CommandLine.PLAIN.run(
                "tar", "-cf", archive.toString(), "-C", content.getParent().toString(), "content");
        Files.delete(content);
        docker.run("docker", "import", archive.toString(), image);
        Files.delete(archive);
        docker.run("docker", "push", "--quiet", image);
    }

    private static void write(Path file, int megabytes) throws IOException {
        Random random = new Random(megabytes);
        byte[] megabyte = new byte[1_000_000];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < megabytes; i++) {
                random.nextBytes(megabyte);
                out.write(megabyte);
            }
        }
    }
}
