package io.pgstream.life;

/** An application that is at work until it is killed. */
interface Killed {

    /** Ends it without a word to the server; nothing of it is left afterwards. */
    void kill();
}
