package io.pgstream.autoconfigure.example;

import io.pgstream.StreamTable;
import java.math.BigDecimal;
import java.time.LocalDate;

@StreamTable(
        query = "SELECT sold_on, sum(amount) AS amount FROM sales GROUP BY sold_on",
        schedule = "${example.schedule:30s}")
record DailySales(LocalDate soldOn, BigDecimal amount) {}
