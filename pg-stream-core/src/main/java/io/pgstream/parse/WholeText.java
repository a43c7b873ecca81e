package io.pgstream.parse;

/** Replaces a text where it stands by itself, not as a part of a longer name. */
final class WholeText {

    private WholeText() {}

    static String replace(String text, String part, String replacement) {
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, from)) {
            int end = at + part.length();
            boolean whole = (at == 0 || !continues(text.charAt(at - 1)))
                    && (end == text.length() || !continues(text.charAt(end)));
            result.append(text, from, at).append(whole ? replacement : part);
            from = end;
        }
        return result.append(text.substring(from)).toString();
    }

    private static boolean continues(char c) {
        return Character.isLetterOrDigit(c) || "_$\".[:\u0001\u0002".indexOf(c) >= 0;
    }
}
