-- A capture that keeps its markers in the backlog can be looked through for them without reading its segments.
ALTER TABLE pgs_captures ADD COLUMN markers_apart boolean NOT NULL DEFAULT false;
