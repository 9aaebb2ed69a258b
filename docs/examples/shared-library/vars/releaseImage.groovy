/**
 * Releases the image that a build has pushed, in a node: finds its tag by the number of that build, and gives it the tags of
 * a release. Returns what promoteImage returns, and the tag that was found as 'tag'.
 *
 *     releaseImage(image: 'technolog/serviceone', build: 103, credentialsId: 'docker-hub')
 *
 * The library needs no more trust than a Jenkinsfile: it runs in the sandbox, without script approvals.
 */
def call(Map args) {
    for (name in ['image', 'build']) {
        if (!args[name]) {
            error("releaseImage: '${name}' is needed")
        }
    }
    def tag = findTagForBuild(image: args.image, build: args.build, credentialsId: args.credentialsId)
    def release = promoteImage(image: args.image, tag: tag, to: args.to ?: ['{tag}-rc', 'latest'],
        credentialsId: args.credentialsId)
    currentBuild.description = "${args.image}:${tag}"
    return release + [tag: tag]
}
