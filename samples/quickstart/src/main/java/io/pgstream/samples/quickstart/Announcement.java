package io.pgstream.samples.quickstart;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says where the page is, as the last line of the start. */
@Component
class Announcement {

    private static final Logger logger = LoggerFactory.getLogger(Announcement.class);

    private final Environment environment;

    Announcement(Environment environment) {
        this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void announce() {
        logger.info("Open http://localhost:{}", environment.getProperty("local.server.port"));
    }
}
