-- What the definition of a stream table says about the diamonds that it is part of; DEFAULT leaves it to the settings.
ALTER TABLE pgs_stream_tables
    ADD COLUMN diamond_consistency text NOT NULL DEFAULT 'DEFAULT',
    ADD COLUMN diamond_policy text NOT NULL DEFAULT 'DEFAULT';
