# Sourced by all scripts but bin/mvn, most of which do everything where pom.xml resolves, and elsewhere what is free of Jenkins.
# Sets cache, free (the POM of that part), maven() and choose(), whose results are part, why and offline.
# shellcheck shell=sh disable=SC2034
cache=${XDG_CACHE_HOME:-$HOME/.cache}/docker-promotion
free=.mvn/jenkins-free/pom.xml
part= why= update= offline=

maven() { bin/mvn --batch-mode --no-transfer-progress "$@" </dev/null; }

# Builds pom.xml with a test of one line in place of our sources: what fails then is not the code's fault, and all that
# a build resolves on its way, down to the formatter and the runner of the tests, has been resolved.
# Waits 3 s for a connection: where a firewall drops what goes to the Jenkins repository there are many to wait for.
try_to_resolve() {
    mkdir -p "$trial/src/main/resources" "$trial/src/test/java"
    cp pom.xml "$trial"
    cp src/main/resources/index.jelly "$trial/src/main/resources"
    printf '%s\n' 'import org.junit.jupiter.api.Test;' '' 'class TrialTest {' '    @Test' '    void passes() {}' '}' \
        >"$trial/src/test/java/TrialTest.java"
    maven --quiet -Daether.connector.connectTimeout=3000 "$@" -f "$trial/pom.xml" clean verify -Dtest=TrialTest >"$trial/log" 2>&1
}

# The first thing Maven could not get. Nothing if it failed for another reason: then the build shall show that reason.
unresolved() {
    sed -n -E '/^\[(ERROR|FATAL)\].*([Rr]esolv|Could not (find|transfer) artifact|in offline mode|was not found in)/{
        s/.*(Could not (find|transfer) artifact )/\1/; s/.*the (artifact [^ ]* has not been downloaded).*/\1/
        s/^\[[A-Z]*\] *//; s/ and .parent.relativePath.*//; p;}' "$trial/log" | sed -n 1p | cut -c1-300
}

# Sets part, why and offline (-o where nothing is left to fetch). What was found is kept, by the contents of pom.xml:
# for good if it resolved, and then only the dependencies are looked at again; for an hour if it did not.
choose() {
    mkdir -p "$cache"
    key=$(printf '%s ' "$PWD/pom.xml" "${MAVEN_ARGS:-}" | cat - pom.xml | cksum | tr ' ' -)
    resolved=$cache/resolved-$key unresolved=$cache/unresolved-$key
    part=full
    if [ -e "$resolved" ] && maven --quiet -o validate >/dev/null 2>&1; then
        why='pom.xml resolves from the local Maven repository' offline=-o
        return
    fi
    trial=$(mktemp -d) || exit
    trap 'rm -rf "$trial"' EXIT
    trap 'exit 1' HUP INT TERM
    if try_to_resolve -o; then
        why='pom.xml resolves from the local Maven repository' offline=-o
        touch "$resolved"
    elif [ -z "$(unresolved)" ]; then
        why='pom.xml lacks no artifact, though it does not build'
    elif [ -z "$update" ] && [ -n "$(find "$unresolved" -mmin -60 2>/dev/null)" ]; then
        part=jenkins-free why="$(cat "$unresolved") (found less than an hour ago; $0 -U looks again)"
    elif try_to_resolve ${update:+"$update"}; then
        why='pom.xml resolves from the network' offline=-o
        touch "$resolved"
    elif [ -z "$(unresolved)" ]; then
        why='pom.xml lacks no artifact, though it does not build'
    else
        part=jenkins-free why="pom.xml does not resolve: $(unresolved)"
        echo "$why" >"$unresolved"
    fi
    rm -rf "$trial"
    trap - EXIT HUP INT TERM
}
