package io.pgstream.autoconfigure.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import io.pgstream.autoconfigure.documents.Documents.Snippet;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the documents compiles, as types, members or statements of an application that has {@link DocumentContext}. */
class JavaSnippetsTest {

    /** What an IDE would import for the reader. */
    private static final Path IMPORTS = Path.of("src", "test", "resources", "documents", "imports.txt");

    private static final Pattern PACKAGE = Pattern.compile("(?m)^package [^;]+;");

    private static final Pattern TYPE = Pattern.compile("(?m)^(?:public )?(?:class|record|interface) (\\w+)");

    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    @Test
    void all_of_it_compiles(@TempDir Path classes) throws IOException {
        List<Source> sources = new ArrayList<>();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, Locale.ROOT, null)) {
            for (Snippet snippet : Documents.snippets("java")) {
                sources.add(sourceOf(snippet, sources.size(), files));
            }
            compiler.getTask(
                            null,
                            files,
                            problems,
                            List.of("-proc:none", "-nowarn", "-d", classes.toString()),
                            null,
                            sources)
                    .call();
        }

        assertThat(sources).hasSizeGreaterThan(20);
        assertThat(problems.getDiagnostics().stream()
                        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                        .map(problem -> ((Source) problem.getSource()).place(problem)))
                .isEmpty();
    }

    /** A whole file as it is; else the members of a class, or the statements of a method. */
    private Source sourceOf(Snippet snippet, int number, StandardJavaFileManager files) throws IOException {
        if (PACKAGE.matcher(snippet.text()).find()) {
            var type = TYPE.matcher(snippet.text());
            assertThat(type.find()).as(snippet.toString()).isTrue();
            return new Source(snippet, type.group(1), snippet.text(), 0);
        }
        String head = "package io.pgstream.autoconfigure.documents;\n" + Documents.read(IMPORTS);
        String name = "Snippet" + number;
        Source members = new Source(
                snippet,
                name,
                head + "abstract class " + name + " extends DocumentContext {\n" + snippet.text() + "}\n",
                lines(head) + 1);
        if (parses(members, files)) {
            return members;
        }
        String begin = head + "abstract class " + name + " extends DocumentContext { void run() throws Exception {\n";
        return new Source(snippet, name, begin + snippet.text() + "}}\n", lines(begin));
    }

    private static int lines(String text) {
        return (int) text.lines().count();
    }

    private boolean parses(Source source, StandardJavaFileManager files) throws IOException {
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavacTask task =
                (JavacTask) compiler.getTask(null, files, problems, List.of("-proc:none"), null, List.of(source));
        task.parse();
        return problems.getDiagnostics().isEmpty();
    }

    private static final class Source extends SimpleJavaFileObject {

        private final Snippet snippet;

        private final String code;

        private final int before;

        Source(Snippet snippet, String type, String code, int before) {
            super(URI.create("string:///" + type + Kind.SOURCE.extension), Kind.SOURCE);
            this.snippet = snippet;
            this.code = code;
            this.before = before;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }

        String place(Diagnostic<?> problem) {
            return snippet.page() + ":" + (snippet.line() + problem.getLineNumber() - before) + ": "
                    + problem.getMessage(Locale.ROOT);
        }
    }
}
