package io.jenkins.plugins.dockerpromotion.registry;

/**
 * Names content by what it is (OCI image specification, "Content Descriptors").
 *
 * @param mediaType of the content, empty if unknown
 * @param digest of the content
 * @param size in bytes, -1 if unknown
 * @param platform such as {@code linux/arm64/v8}, empty where none is given
 */
public record Descriptor(String mediaType, Digest digest, long size, String platform) {}
