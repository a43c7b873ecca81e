package io.pgstream.resolve;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text of a query as its author wrote it. */
final class QueryText {

    /** Possessive, so that a long text costs no stack. */
    private static final Pattern UNREAD =
            Pattern.compile("--[^\n]*+|/\\*.*?\\*/|'(?:[^']++|'')*+'|\\$(\\w*)\\$.*?\\$\\1\\$", Pattern.DOTALL);

    private final String query;

    /** The query with spaces for what is in comments and strings. */
    private final String readable;

    QueryText(String query) {
        this.query = query;
        StringBuilder text = new StringBuilder(query);
        Matcher unread = UNREAD.matcher(query);
        while (unread.find()) {
            for (int i = unread.start(); i < unread.end(); i++) {
                text.setCharAt(i, query.charAt(i) == '\n' ? '\n' : ' ');
            }
        }
        this.readable = text.toString();
    }

    /** The first text of a kind with its place, between parentheses; that of a view is not in the query. */
    String where(Pattern pattern) {
        Matcher matcher = pattern.matcher(readable);
        return matcher.find()
                ? " (" + query.substring(matcher.start(), matcher.end()).strip() + at(matcher.start() + 1) + ")"
                : " (in a view that it reads)";
    }

    /** A position, which counts from 1, as line and column. */
    String at(int position) {
        String before = query.substring(0, Math.min(position - 1, query.length()));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        int column = before.length() - before.lastIndexOf('\n');
        return " at line " + line + ", column " + column;
    }
}
