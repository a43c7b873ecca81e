package io.pgstream.samples.quickstart.dashboard;

import java.util.List;

/**
 * How the page presents a stream table.
 *
 * @param name the stream table
 * @param title its heading
 * @param summary what it shows and what it is made of, in a sentence
 * @param orderBy how its rows are sorted
 * @param keyColumns how many of its first columns tell its rows apart
 */
record Card(String name, String title, String summary, String orderBy, int keyColumns) {

    private static final List<Card> CARDS = List.of(
            new Card(
                    "revenue_by_nation",
                    "Revenue by nation",
                    "Five tables joined, then grouped.",
                    "revenue DESC, nation",
                    2),
            new Card(
                    "pricing_summary",
                    "Pricing summary",
                    "Query 1 of TPC-H: sums and averages over every order line.",
                    "return_flag, line_status",
                    2),
            new Card(
                    "open_orders",
                    "Open orders",
                    "Orders that have not been shipped, with their customers: a filter and two joins.",
                    "order_key DESC",
                    1),
            new Card(
                    "open_orders_by_nation",
                    "Open orders by nation",
                    "A stream table over the stream table open_orders.",
                    "value DESC, nation",
                    1),
            new Card(
                    "customer_spending",
                    "Customer spending",
                    "A group for every customer, with the latest order.",
                    "spent DESC, customer",
                    1),
            new Card(
                    "large_orders",
                    "Large orders",
                    "A group for every order, of which HAVING keeps those with more than 250 pieces.",
                    "quantity DESC, order_key",
                    1));

    /**
     * Finds the card of a stream table; one that a reader has added gets a plain one.
     *
     * @param name the stream table, without its schema
     * @return the card
     */
    static Card of(String name) {
        return CARDS.stream()
                .filter(card -> card.name().equals(name))
                .findFirst()
                .orElseGet(() -> new Card(name, name, "", "1", 1));
    }

    /**
     * Returns where the card stands on the page.
     *
     * @return its position; cards that are not known come last
     */
    int position() {
        int index = CARDS.indexOf(this);
        return (index >= 0) ? index : CARDS.size();
    }
}
