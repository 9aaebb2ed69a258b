package io.jenkins.plugins.dockerpromotion.demo;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The log of a build without Jenkins. Masks what it was told to, as Jenkins' log does with the plugin. */
final class DemoLog {

    private final PrintStream out;
    private final List<String> secrets = new ArrayList<>();

    DemoLog(PrintStream out) {
        this.out = out;
    }

    void mask(String secret) {
        secrets.add(secret);
    }

    void step(String name) {
        say("[Pipeline] " + name);
    }

    void say(Object text) {
        String line = String.valueOf(text);
        for (String secret : secrets) {
            line = line.replace(secret, "****");
        }
        out.println(line);
    }
}
