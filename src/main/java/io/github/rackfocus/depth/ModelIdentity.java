package io.github.rackfocus.depth;

/**
 * Identity of the model that computed a depth map.
 *
 * @param name such as {@code ddl-pgd}
 * @param version of the bundle
 * @param sha256 of the bundle's manifest, lower-case hex, which itself names the hash of every
 *     graph; empty for a method that has no files
 */
public record ModelIdentity(String name, String version, String sha256) {}
