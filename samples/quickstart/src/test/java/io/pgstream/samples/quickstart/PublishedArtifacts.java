package io.pgstream.samples.quickstart;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The modules of this build as a repository of Maven's, as {@code install} would leave them. */
final class PublishedArtifacts {

    private static final String VERSION = "0.1.0-SNAPSHOT";

    private static final List<String> MODULES =
            List.of("pg-stream-core", "pg-stream-autoconfigure", "pg-stream-spring-boot-starter");

    private PublishedArtifacts() {}

    static Path in(Path directory, Path sources) throws IOException {
        Path group = directory.resolve("io/pgstream");
        copy(sources.resolve("pom.xml"), group, "pg-stream-parent", ".pom");
        for (String module : MODULES) {
            copy(sources.resolve(module).resolve("pom.xml"), group, module, ".pom");
            try (OutputStream file = Files.newOutputStream(target(group, module, ".jar"));
                    JarOutputStream jar = new JarOutputStream(file)) {
                add(sources.resolve(module).resolve("target/classes"), jar);
            }
        }
        return directory;
    }

    private static Path target(Path group, String module, String extension) throws IOException {
        Path directory = Files.createDirectories(group.resolve(module).resolve(VERSION));
        return directory.resolve(module + "-" + VERSION + extension);
    }

    private static void copy(Path file, Path group, String module, String extension) throws IOException {
        Files.copy(file, target(group, module, extension));
    }

    /** A starter has no classes. */
    private static void add(Path classes, JarOutputStream jar) throws IOException {
        if (!Files.exists(classes)) {
            return;
        }
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(file -> !file.equals(classes)).toList()) {
                String name = classes.relativize(file).toString();
                if (Files.isDirectory(file)) {
                    jar.putNextEntry(new JarEntry(name + "/"));
                } else {
                    jar.putNextEntry(new JarEntry(name));
                    Files.copy(file, jar);
                }
            }
        }
    }

    /** What the build that runs the tests has downloaded. */
    static Path localRepository() {
        String known = System.getProperty("localRepository");
        return known == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(known);
    }

    /** Of a plugin, as this build has it: another one may not have been downloaded. */
    static String versionOf(String plugin, Path sources) {
        Pattern version = Pattern.compile("<artifactId>" + plugin + "</artifactId>\\s*<version>([^<]+)</version>");
        try {
            Matcher found = version.matcher(Files.readString(sources.resolve("pom.xml")));
            if (!found.find()) {
                throw new IllegalStateException("The root pom.xml does not say the version of " + plugin);
            }
            return found.group(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
