-- Times are epoch seconds (REAL). Platforms' ids are text. '' is "none" where the
-- platform itself has nothing to say (no thread, no team), NULL is "not yet".

CREATE TABLE conversation (
    id         INTEGER PRIMARY KEY,
    project    TEXT NOT NULL,
    agent      TEXT NOT NULL,
    session_id TEXT NOT NULL,
    model      TEXT NOT NULL DEFAULT '',
    mode       TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL
) STRICT;

CREATE TABLE address (
    platform        TEXT NOT NULL,
    team            TEXT NOT NULL,
    chat            TEXT NOT NULL,
    thread          TEXT NOT NULL,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    PRIMARY KEY (platform, team, chat, thread)
) STRICT;

CREATE INDEX address_of_conversation ON address (conversation_id);

CREATE TABLE turn (
    id              INTEGER PRIMARY KEY, -- the order of admission
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    origin_platform TEXT, -- the first event it was made from; NULL: nobody asked
    origin_event    TEXT,
    state           TEXT NOT NULL CHECK (state IN (
        'queued', 'submitted', 'consumed', 'answered', 'delivered', 'failed', 'cancelled'
    )),
    prompt          TEXT NOT NULL,
    prompt_uuid     TEXT NOT NULL,
    prompt_uuids    TEXT NOT NULL DEFAULT '', -- one for each attempt, oldest first
    attempts        INTEGER NOT NULL DEFAULT 0,
    session_id      TEXT,
    asked_by        TEXT NOT NULL,
    platform        TEXT NOT NULL,
    team            TEXT NOT NULL,
    chat            TEXT NOT NULL,
    thread          TEXT NOT NULL,
    reply_to        TEXT,
    view            TEXT,
    answer          TEXT,
    cost_usd        REAL,
    tokens          INTEGER,
    queued_at       REAL NOT NULL,
    submitted_at    REAL,
    finished_at     REAL,
    delivered_at    REAL,
    UNIQUE (origin_platform, origin_event)
) STRICT;

CREATE INDEX turn_open ON turn (id) WHERE delivered_at IS NULL;
CREATE INDEX turn_by_message ON turn (chat, reply_to);
CREATE INDEX turn_by_time ON turn (queued_at);

CREATE TABLE inbox (
    seq      INTEGER PRIMARY KEY, -- the order of arrival
    platform TEXT NOT NULL,
    event_id TEXT NOT NULL,
    payload  TEXT, -- NULL once done
    kept_at  REAL NOT NULL,
    state    TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'done', 'parked')),
    reason   TEXT NOT NULL DEFAULT '',
    turn_id  INTEGER REFERENCES turn (id),
    UNIQUE (platform, event_id)
) STRICT;

CREATE INDEX inbox_kept ON inbox (platform, seq) WHERE state = 'kept';
CREATE INDEX inbox_parked ON inbox (seq) WHERE state = 'parked';

CREATE TABLE decision (
    id              TEXT PRIMARY KEY,
    turn_id         INTEGER NOT NULL REFERENCES turn (id),
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    request_id      TEXT NOT NULL,
    question        TEXT NOT NULL,
    state           TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'decided', 'withdrawn')),
    option          TEXT,
    decided_by      TEXT,
    asked_at        REAL NOT NULL,
    closed_at       REAL,
    shown_at        REAL -- when the screens showed that it is closed
) STRICT;

CREATE INDEX decision_live ON decision (turn_id) WHERE shown_at IS NULL;

CREATE TABLE post (
    seq       INTEGER PRIMARY KEY, -- the order of first sending
    platform  TEXT NOT NULL,
    team      TEXT NOT NULL,
    chat      TEXT NOT NULL,
    thread    TEXT NOT NULL,
    view_id   TEXT NOT NULL,
    part      TEXT NOT NULL,
    ref       TEXT, -- NULL: sent, perhaps, and its id never learnt
    posted_at REAL NOT NULL,
    UNIQUE (view_id, platform, team, chat, thread, part)
) STRICT;
