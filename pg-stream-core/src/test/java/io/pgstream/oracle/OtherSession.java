package io.pgstream.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * What a second session does between the statements of the first. Its transactions stay open over refreshes and commit
 * behind them; where one waits for a row of the other, it fails.
 */
final class OtherSession {

    /** In front of its statements. */
    private static final String MARK = "/* other session */ ";

    private static final int TRANSACTIONS = 4;

    private final Random random;

    private boolean open;

    OtherSession(Random random) {
        this.random = random;
    }

    /** Whether a statement is one of the other session. */
    static boolean runs(String statement) {
        return statement.startsWith(MARK);
    }

    /** What happens there now: nothing, a part of a transaction, or its end. */
    List<String> statements(Supplier<String> changes) {
        List<String> statements = new ArrayList<>();
        if (!open && random.nextInt(TRANSACTIONS) == 0) {
            statements.add(MARK + "BEGIN" + (random.nextInt(3) == 0 ? " ISOLATION LEVEL REPEATABLE READ" : ""));
            open = true;
        }
        if (open) {
            for (int i = 0; i < 1 + random.nextInt(2); i++) {
                String change = changes.get();
                // A lock of a whole table would keep the refreshes waiting.
                if (!change.startsWith("TRUNCATE") && !change.startsWith("COPY")) {
                    statements.add(MARK + change);
                }
            }
            if (random.nextBoolean()) {
                statements.add(MARK + (random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT"));
                open = false;
            }
        }
        return statements;
    }
}
