-- What was said to people beside the turns, until it is on their screen.

CREATE TABLE notice (
    view_id  TEXT PRIMARY KEY,
    view     TEXT NOT NULL, -- JSON
    platform TEXT NOT NULL,
    team     TEXT NOT NULL,
    chat     TEXT NOT NULL,
    thread   TEXT NOT NULL,
    said_at  REAL NOT NULL
) STRICT;
