package io.pgstream.autoconfigure.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgstream.PgStreamException;
import io.pgstream.StreamTableDefinition;
import io.pgstream.StreamTableOperations;
import io.pgstream.autoconfigure.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;

/**
 * The page in a Chromium, of an application that Spring Security protects. Skipped where there is none. With
 * {@code -Dpgstream.test.screenshots=directory} it takes pictures.
 */
class PageInBrowserTest {

    private static final TestDatabase DATABASE = TestDatabase.create();

    private static ConfigurableApplicationContext application;

    private static StreamTableOperations streamTables;

    private static Browser browser;

    private static String url;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Optional<Path> executable = Browser.executable();
        assumeTrue(executable.isPresent(), "There is no Chromium on the path; the page is not tried in a browser");
        application = new SpringApplicationBuilder(Application.class)
                .properties(DATABASE.properties())
                .properties(
                        "server.port=0",
                        "server.servlet.context-path=/shop",
                        "pg-stream.page.enabled=true",
                        "pg-stream.page.path=/admin/tables",
                        "pg-stream.scheduler.enabled=false")
                .run();
        url = "http://localhost:" + application.getEnvironment().getProperty("local.server.port")
                + "/shop/admin/tables";
        streamTables = application.getBean(StreamTableOperations.class);
        sixTables();
        browser = Browser.start(executable.get());
        browser.look(1440, 900, "light");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        if (browser != null) {
            browser.close();
        }
        if (application != null) {
            application.close();
        }
    }

    private static void sixTables() {
        DATABASE.execute("CREATE TABLE customers (id int PRIMARY KEY, country text NOT NULL)");
        DATABASE.execute(
                "CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, amount numeric(12, 2) NOT NULL)");
        DATABASE.execute("CREATE TABLE payments (id int PRIMARY KEY, order_id int NOT NULL, method text)");
        DATABASE.execute("INSERT INTO customers SELECT i, 'country ' || i % 7 FROM generate_series(1, 200) AS i");
        DATABASE.execute("INSERT INTO orders SELECT i, 1 + i % 200, i FROM generate_series(1, 3000) AS i");
        create(
                "revenue_by_customer",
                "SELECT customer_id, sum(amount) AS revenue, count(*) AS orders FROM orders GROUP BY customer_id",
                "1h");
        create(
                "revenue_by_country",
                "SELECT c.country, sum(r.revenue) AS revenue FROM revenue_by_customer AS r JOIN customers AS c ON c.id = r.customer_id GROUP BY c.country",
                "calculated");
        create(
                "best_country",
                "SELECT country, revenue FROM revenue_by_country ORDER BY revenue DESC, country LIMIT 3",
                "1h");
        create(
                "paid_orders",
                "SELECT o.id, o.amount, p.method FROM orders AS o JOIN payments AS p ON p.order_id = o.id",
                "1h");
        create("payment_methods", "SELECT method, count(*) AS n FROM payments GROUP BY method", "1h");
        create("large_orders", "SELECT id, amount FROM orders WHERE amount > 2900", "manual");
    }

    private static void create(String name, String query, String schedule) {
        streamTables.create(StreamTableDefinition.of(name, query).withSchedule(schedule));
    }

    @BeforeEach
    void open() {
        browser.complaints().clear();
        browser.requests().clear();
        browser.open(url);
    }

    @Test
    void it_shows_the_graph_with_what_each_table_reads() {
        assertThat(browser.evaluate("document.querySelectorAll('#graph .node').length")
                        .asInt())
                .isEqualTo(9);
        assertThat(browser.evaluate("document.querySelectorAll('#graph .edge').length")
                        .asInt())
                .isEqualTo(8);
        assertThat(browser.evaluate("location.pathname").asString()).endsWith("/shop/admin/tables/");
        assertThat(browser.text("#summary")).contains("fresh");
        assertThat(overlaps()).isZero();
    }

    private static int overlaps() {
        return browser.evaluate("""
                        (() => { const boxes = [...document.querySelectorAll('#graph .node .box')].map(b => b.getBoundingClientRect());
                          let n = 0;
                          boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
                            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) n++; }));
                          return n; })()""").asInt();
    }

    @Test
    void it_fits_a_telephone() {
        browser.look(390, 800, "light");
        try {
            assertThat(browser.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                            .asInt())
                    .isZero();
        } finally {
            browser.look(1440, 900, "light");
        }
    }

    @Test
    void it_asks_no_other_host_and_its_policy_blocks_nothing_that_it_needs() {
        select("public.revenue_by_customer");

        assertThat(browser.complaints()).isEmpty();
        assertThat(browser.requests()).isNotEmpty().allMatch(request -> request.startsWith("http://localhost:"));
    }

    @Test
    void it_refreshes_suspends_and_resumes_past_the_protection_against_forged_requests() {
        DATABASE.execute("INSERT INTO orders SELECT max(id) + 1, 7, 5000 FROM orders");
        select("public.large_orders");

        click("Refresh");
        browser.await(
                "document.getElementById('message').textContent.startsWith('Refreshed public.large_orders: 1 row')");
        click("Suspend");
        browser.await("document.getElementById('message').textContent.startsWith('Suspended')");
        browser.await("document.querySelector('[data-name=\"public.large_orders\"]').classList.contains('suspended')");
        click("Resume");
        browser.await("document.querySelector('[data-name=\"public.large_orders\"]').classList.contains('fresh')");
        click("Verify");
        browser.await("document.getElementById('message').textContent.includes('equals its query')");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void it_shows_the_query_the_strategy_the_history_and_what_to_do_about_an_error() {
        DATABASE.execute("ALTER TABLE payments RENAME method TO means");
        try {
            assertThat(catchThrowable(() -> streamTables.refresh("payment_methods")))
                    .isInstanceOf(PgStreamException.class);
            select("public.payment_methods");

            assertThat(browser.text("#detail .problem")).contains("SOURCE_CHANGED", "What to do:");
            assertThat(browser.text("#query")).contains("GROUP BY method");
            assertThat(browser.evaluate("document.querySelectorAll('#detail .chart path.FAILED').length")
                            .asInt())
                    .isPositive();
        } finally {
            DATABASE.execute("ALTER TABLE payments RENAME means TO method");
            streamTables.refresh("payment_methods");
        }
        select("public.revenue_by_customer");
        assertThat(browser.text("#detail .operators")).contains("Aggregate", "Scan");
        assertThat(browser.text("#delta")).contains("INSERT INTO");
    }

    @Test
    void it_can_be_used_with_the_keyboard_alone() {
        browser.evaluate("document.querySelector('#graph .node[tabindex=\"0\"]').focus()");
        browser.press("ArrowDown");
        String second = browser.evaluate("document.activeElement.getAttribute('data-name')")
                .asString();
        browser.press("Enter");
        browser.await("!document.getElementById('detail').hidden");
        assertThat(browser.text("#detail h2")).endsWith(second);
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("detail");
        browser.press("Escape");
        browser.await("document.getElementById('detail').hidden");
    }

    @Test
    void everything_that_can_be_pressed_has_a_name_and_texts_have_contrast_in_light_and_dark() {
        for (String colours : List.of("light", "dark")) {
            browser.look(1440, 900, colours);
            select("public.revenue_by_customer");
            assertThat(browser.evaluate(
                                    "[...document.querySelectorAll('button, [role=button], input')].filter(e => !(e.getAttribute('aria-label')"
                                            + " || e.textContent.trim() || e.labels && e.labels.length)).length")
                            .asInt())
                    .isZero();
            assertThat(browser.evaluate(CONTRASTS).toString()).as(colours).isEqualTo("[]");
        }
        browser.look(1440, 900, "light");
    }

    /** Texts with less contrast than 4.5 to 1, as the guidelines ask for; measured against the nearest background. */
    private static final String CONTRASTS = """
            (() => {
              const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
              const light = c => { const [r, g, b] = parse(c).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
              const ground = e => { for (let x = e; x; x = x.parentElement) { const c = getComputedStyle(x).backgroundColor; const p = parse(c);
                if (p.length === 3 || p[3] > 0) return c; } return 'rgb(255, 255, 255)'; };
              const poor = [];
              for (const e of document.querySelectorAll('body *')) {
                const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
                if (!own || !e.getClientRects().length || e.disabled) continue;
                const svg = e instanceof SVGElement, box = svg && e.closest('.node') && e.closest('.node').querySelector('.box');
                const a = light(svg ? getComputedStyle(e).fill : getComputedStyle(e).color), b = light(box ? getComputedStyle(box).fill : ground(svg ? e.ownerSVGElement.parentElement : e));
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) poor.push(e.tagName + ' ' + e.getAttribute('class') + ' ' + e.textContent.slice(0, 20) + ' ' + ratio.toFixed(2));
              }
              return poor; })()""";

    private static void select(String name) {
        browser.evaluate("location.hash = '#' + encodeURIComponent('" + name + "')");
        browser.await("document.querySelector('#detail h2') && !document.getElementById('detail').hidden"
                + " && document.querySelector('#detail h2').textContent.endsWith('" + name + "')");
    }

    private static void click(String button) {
        browser.await("[...document.querySelectorAll('#detail .actions button')].some(b => b.textContent === '" + button
                + "' && !b.disabled)");
        browser.evaluate("[...document.querySelectorAll('#detail .actions button')].find(b => b.textContent === '"
                + button + "').click()");
    }

    @Test
    @EnabledIfSystemProperty(named = "pgstream.test.screenshots", matches = ".+")
    void pictures() throws IOException {
        Path directory = Path.of(System.getProperty("pgstream.test.screenshots"));
        for (int i = 0; i < 25; i++) {
            DATABASE.execute("UPDATE orders SET amount = amount + 1 WHERE id % " + (3 + i) + " = 0");
            streamTables.refresh("revenue_by_customer");
        }
        DATABASE.execute("ALTER TABLE payments RENAME method TO means");
        for (int i = 0; i < 3; i++) {
            catchThrowable(() -> streamTables.refresh("payment_methods"));
        }
        streamTables.suspend("paid_orders");
        DATABASE.execute(
                "UPDATE pgstream.pgs_frontiers SET data_timestamp = clock_timestamp() - interval '3 hours' WHERE"
                        + " stream_table_id = (SELECT id FROM pgstream.pgs_stream_tables WHERE table_name = 'best_country')");
        DATABASE.execute("UPDATE pgstream.pgs_states SET checked_at = NULL");
        pictures(directory, "6", "public.revenue_by_customer", "public.payment_methods");
        sixtyTables();
        pictures(directory, "60", "public.t_3_4", "public.t_1_1");
    }

    private static void sixtyTables() {
        int[] layers = {22, 16, 10, 5, 1};
        for (int layer = 1; layer <= layers.length; layer++) {
            for (int i = 1; i <= layers[layer - 1]; i++) {
                String first = layer == 1
                        ? List.of("orders", "customers", "payments").get(i % 3)
                        : "t_" + (layer - 1) + "_" + (1 + i * 7 % layers[layer - 2]);
                String second = layer == 1 ? first : "t_" + (layer - 1) + "_" + (1 + i * 5 % layers[layer - 2]);
                create(
                        "t_" + layer + "_" + i,
                        "SELECT a.id FROM " + first + " AS a JOIN " + second + " AS b ON b.id = a.id WHERE a.id % "
                                + (i + 1) + " = 0",
                        "1h");
            }
        }
        DATABASE.execute("UPDATE orders SET customer_id = customer_id + 1 WHERE id < 400");
    }

    private static void pictures(Path directory, String tables, String... details) throws IOException {
        for (String colours : List.of("light", "dark")) {
            browser.look(1440, 900, colours);
            browser.evaluate("location.hash = ''");
            browser.open(url + "?" + tables + colours);
            browser.screenshot(directory.resolve(tables + "-" + colours + "-graph.png"));
            for (String detail : details) {
                select(detail);
                browser.screenshot(directory.resolve(tables + "-" + colours + "-" + detail + ".png"));
            }
            browser.evaluate("document.getElementById('view-list').click()");
            browser.screenshot(directory.resolve(tables + "-" + colours + "-list.png"));
        }
        browser.look(390, 800, "light");
        browser.evaluate("document.getElementById('view-graph').click()");
        browser.screenshot(directory.resolve(tables + "-narrow.png"));
        browser.look(1440, 2400, "light");
        browser.screenshot(directory.resolve(tables + "-tall.png"));
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = FlywayAutoConfiguration.class)
    @EnableWebSecurity
    static class Application {

        /** Everybody may see everything, but a POST needs its token. */
        @Bean
        SecurityFilterChain security(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }
    }
}
