package io.pgstream.autoconfigure.test;

import io.pgstream.StreamTableChanges;
import io.pgstream.StreamTableListener;
import io.pgstream.autoconfigure.test.TestedApplication.CustomerRevenue;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** Remembers what it is told. */
@Component
class RevenueListener {

    final List<StreamTableChanges<CustomerRevenue>> heard = new CopyOnWriteArrayList<>();

    @StreamTableListener(table = "customer_revenue")
    void changed(StreamTableChanges<CustomerRevenue> changes) {
        heard.add(changes);
    }
}
