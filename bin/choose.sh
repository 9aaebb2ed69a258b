# Sourced by the other scripts, which set here to this directory. Changes to the project's directory, and sets cache, free
# (the POM of the Jenkins-free packages) and maven(). require_tools() sets java; choose() sets part, why and offline.
# shellcheck shell=sh disable=SC2034
unset CDPATH
cd "$here/.."
me=bin/$(basename "$(readlink -f "$0")")

fail() { echo "$me: $*" >&2; exit 1; }
refuse() { echo "$me: $*" >&2; echo "Try $me --help." >&2; exit 2; }

free=.mvn/jenkins-free/pom.xml
part= why= update= offline=
# The same directory as in bin/mvn; some containers have no home directory.
cache=${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}
cache=${cache:-${TMPDIR:-/tmp}}/docker-promotion

# -Dstyle.color=never: Debian's Maven 3.8 uses colours even in files, and choose() reads its output.
maven() { bin/mvn --batch-mode --no-transfer-progress -Dstyle.color=never "$@" </dev/null; }

# Sets java. Reports missing tools before anything else runs.
require_tools() {
    if [ -n "${JAVA_HOME:-}" ]; then
        java=$JAVA_HOME/bin/java
        [ -x "$java" ] || fail "JAVA_HOME is $JAVA_HOME, which has no bin/java"
    else
        java=$(command -v java) || fail "java is not on PATH: install a JDK, 17 or newer, or set JAVA_HOME"
    fi
    release=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | sed -n 1p)
    [ "${release:-0}" -ge 17 ] || fail "$java is Java ${release:-of an unknown version}: a JDK, 17 or newer, is needed"
    mkdir -p target "$cache" 2>/dev/null || fail "cannot write to $PWD/target and $cache"
    bin/mvn --version >/dev/null || exit 1 # it prints the reason
}

# Builds pom.xml with one small test instead of the project's sources. This resolves everything that a build needs,
# including the formatter and the test runner, and cannot fail because of the project's code.
# Waits 3 s for each connection, because a firewall may drop all packets to the Jenkins repository.
try_to_resolve() {
    mkdir -p "$trial/src/main/resources" "$trial/src/test/java"
    cp pom.xml "$trial"
    cp src/main/resources/index.jelly "$trial/src/main/resources"
    printf '%s\n' 'import org.junit.jupiter.api.Test;' '' 'class TrialTest {' '    @Test' '    void passes() {}' '}' \
        >"$trial/src/test/java/TrialTest.java"
    maven --quiet -Daether.connector.connectTimeout=3000 "$@" -f "$trial/pom.xml" clean verify -Dtest=TrialTest >"$trial/log" 2>&1
}

# The first artifact that Maven could not resolve; nothing if it failed for another reason, which the build will show.
unresolved() {
    sed -n -E '/^\[(ERROR|FATAL)\].*([Rr]esolv|Could not (find|transfer) artifact|in offline mode|was not found in)/{
        s/.*(Could not (find|transfer) artifact )/\1/; s/.*the (artifact [^ ]* has not been downloaded).*/\1/
        s/^\[[A-Z]*\] *//; s/ and .parent.relativePath.*//; p;}' "$trial/log" | sed -n 1p | cut -c1-300
}

# Sets part, why and offline (-o if nothing is left to download). Keeps the result for this pom.xml: forever if it resolved,
# with a quick check of the dependencies each time; for an hour if it did not.
choose() {
    key=$(printf '%s ' "$PWD/pom.xml" "${MAVEN_ARGS:-}" | cat - pom.xml | cksum | tr ' ' -)
    resolved=$cache/resolved-$key unresolved=$cache/unresolved-$key
    part=full
    if [ -e "$resolved" ] && maven --quiet -o validate >/dev/null 2>&1; then
        why='pom.xml resolves from the local Maven repository' offline=-o
        return
    fi
    echo "$me: checking whether pom.xml resolves, which takes up to a minute the first time ..." >&2
    trial=$(mktemp -d) || exit
    trap 'rm -rf "$trial"' EXIT
    trap 'exit 1' HUP INT TERM
    if try_to_resolve -o; then
        why='pom.xml resolves from the local Maven repository' offline=-o
        touch "$resolved"
    elif [ -z "$(unresolved)" ]; then
        why='pom.xml has all artifacts, although it does not build'
    elif [ -z "$update" ] && [ -n "$(find "$unresolved" -mmin -60 2>/dev/null)" ]; then
        part=jenkins-free why="$(cat "$unresolved") (found less than an hour ago; $me -U searches again)"
    elif try_to_resolve ${update:+"$update"}; then
        why='pom.xml resolves from the network' offline=-o
        touch "$resolved"
    elif [ -z "$(unresolved)" ]; then
        why='pom.xml has all artifacts, although it does not build'
    else
        part=jenkins-free why="pom.xml does not resolve: $(unresolved)"
        echo "$why" >"$unresolved"
    fi
    rm -rf "$trial"
    trap - EXIT HUP INT TERM
}

# Builds the Jenkins-free packages with their tests, and writes the class path to $built/$1.classpath. Runs Maven only if a
# source changed or a file of the class path is missing.
built=target/jenkins-free
build_free() {
    list=$built/$1.classpath
    if [ -e "$list" ] && [ -z "$(find src .mvn -newer "$list" | sed -n 1p)" ] && whole "$list"; then
        return
    fi
    echo "$me: building the Jenkins-free packages, which takes up to a minute ..." >&2
    maven --quiet -f $free test-compile org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath \
        "-Dmdep.outputFile=$PWD/$list" -Dmdep.includeScope=test
    touch "$list"
}

whole() {
    (
        IFS=:
        for file in $(cat "$1"); do [ -e "$file" ] || exit 1; done
    )
}
