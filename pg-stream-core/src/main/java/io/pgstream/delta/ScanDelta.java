package io.pgstream.delta;

import io.pgstream.plan.ChangeScan;
import io.pgstream.plan.Scan;
import io.pgstream.plan.expr.Column;

/**
 * Δ(R) is what was captured: each old row with weight -1 and each new row with weight 1.
 *
 * <p>{@code UPDATE r SET a = 2 WHERE a = 1} gives {@code (a=1, -1), (a=2, +1)}.
 */
final class ScanDelta {

    private ScanDelta() {}

    static Delta of(Scan scan, DeltaContext context) {
        Column weight = context.factory().weight();
        return new Delta(new ChangeScan(scan.table(), scan.output(), weight), weight);
    }
}
