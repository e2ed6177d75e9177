-- What a conversation is set to, who shares it, what it cost, did and sent.
-- Foreign keys are off while this runs: two tables are rebuilt, others refer to them.

ALTER TABLE conversation ADD COLUMN effort TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN fork_of TEXT NOT NULL DEFAULT ''; -- a session
ALTER TABLE conversation ADD COLUMN worktree TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN branch TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN debug INTEGER NOT NULL DEFAULT 0;

CREATE INDEX conversation_of_session ON conversation (session_id)
    WHERE deleted_at IS NULL;
CREATE INDEX conversation_in_worktree ON conversation (worktree)
    WHERE worktree <> '' AND deleted_at IS NULL;

-- A turn may end within another one, belongs to a project, and has trees.

DROP VIEW said; -- a rename looks at every view, and it reads the table that is gone

CREATE TABLE turn_rebuilt (
    id              INTEGER PRIMARY KEY, -- the order of admission
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    project         TEXT NOT NULL, -- the conversation's when it was last submitted
    origin_platform TEXT, -- the first event it was made from; NULL: nobody asked
    origin_event    TEXT,
    state           TEXT NOT NULL CHECK (state IN (
        'queued', 'submitted', 'consumed', 'answered', 'delivered', 'failed',
        'cancelled', 'joined'
    )),
    joined_to       INTEGER REFERENCES turn (id), -- steered into that one
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
    structured      TEXT, -- JSON that fits the schema asked for
    cost_usd        REAL,
    tokens          INTEGER,
    spent_at        REAL, -- when the latest of the cost was known
    tree            TEXT, -- the workspace before it began
    tree_after      TEXT,
    queued_at       REAL NOT NULL,
    submitted_at    REAL,
    finished_at     REAL,
    delivered_at    REAL,
    UNIQUE (origin_platform, origin_event)
) STRICT;

INSERT INTO turn_rebuilt (
    id, conversation_id, project, origin_platform, origin_event, state,
    prompt, prompt_uuid, prompt_uuids, attempts, session_id,
    asked_by, platform, team, chat, thread, reply_to,
    view, answer, structured, cost_usd, tokens, spent_at,
    queued_at, submitted_at, finished_at, delivered_at
)
SELECT
    turn.id, conversation_id, project, origin_platform, origin_event, state,
    prompt, prompt_uuid, prompt_uuids, attempts, turn.session_id,
    asked_by, platform, team, chat, thread, reply_to,
    view, answer, structured, cost_usd, tokens,
    CASE WHEN cost_usd IS NOT NULL THEN coalesce(finished_at, queued_at) END,
    queued_at, submitted_at, finished_at, delivered_at
FROM turn JOIN conversation ON conversation.id = conversation_id;

DROP TABLE turn; -- with its indexes and triggers; the search makes its own again
ALTER TABLE turn_rebuilt RENAME TO turn;

CREATE INDEX turn_open ON turn (id) WHERE delivered_at IS NULL;
CREATE INDEX turn_by_message ON turn (chat, reply_to);
CREATE INDEX turn_by_time ON turn (queued_at);
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);
CREATE INDEX turn_spent
    ON turn (spent_at, project, origin_platform, asked_by, cost_usd)
    WHERE spent_at IS NOT NULL; -- answers what was spent without the table

CREATE TRIGGER turn_added AFTER INSERT ON turn BEGIN
    UPDATE conversation SET changed_at = max(changed_at, new.queued_at)
    WHERE id = new.conversation_id;
END;

CREATE TRIGGER turn_ended AFTER UPDATE OF finished_at ON turn
WHEN new.finished_at IS NOT NULL BEGIN
    UPDATE conversation SET changed_at = max(changed_at, new.finished_at)
    WHERE id = new.conversation_id;
END;

CREATE VIEW said AS
SELECT
    id,
    CASE WHEN json_valid(prompt)
        THEN coalesce(json_extract(prompt, '$.text'), '') ELSE ''
    END AS prompt,
    coalesce(answer, '') AS answer
FROM turn;

-- Sessions of which an agent has shown that it took up a prompt.

CREATE TABLE session (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

INSERT INTO session SELECT DISTINCT session_id FROM turn
WHERE session_id IS NOT NULL AND state IN ('consumed', 'answered', 'delivered');

CREATE TRIGGER session_began AFTER UPDATE OF state ON turn
WHEN new.session_id IS NOT NULL AND new.state IN ('consumed', 'answered') BEGIN
    INSERT INTO session VALUES (new.session_id) ON CONFLICT DO NOTHING;
END;

-- A card may belong to no turn, mean something to Parley, and say why it was withdrawn.

CREATE TABLE decision_rebuilt (
    id              TEXT PRIMARY KEY,
    turn_id         INTEGER REFERENCES turn (id), -- NULL: of no turn
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    request_id      TEXT NOT NULL, -- 'own:…': Parley's, which no agent waits for
    question        TEXT NOT NULL,
    meaning         TEXT NOT NULL, -- JSON of the caller
    state           TEXT NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'decided', 'withdrawn')),
    option          TEXT,
    words           TEXT NOT NULL DEFAULT '', -- an answer, a reason
    decided_by      TEXT,
    why             TEXT NOT NULL DEFAULT '', -- it was withdrawn; '': unknown
    asked_at        REAL NOT NULL,
    closed_at       REAL,
    shown_at        REAL -- when the screens showed that it is closed
) STRICT;

INSERT INTO decision_rebuilt (
    id, turn_id, conversation_id, request_id, question, meaning, state, option, words,
    decided_by, asked_at, closed_at, shown_at
)
SELECT
    id, turn_id, conversation_id,
    CASE request_id WHEN '' THEN 'own:retry' ELSE request_id END,
    question, '', state, option, words,
    decided_by, asked_at, closed_at, shown_at
FROM decision ORDER BY rowid; -- which tells the order of what was asked at once

DROP TABLE decision;
ALTER TABLE decision_rebuilt RENAME TO decision;

CREATE INDEX decision_live ON decision (turn_id) WHERE shown_at IS NULL;
CREATE INDEX decision_open ON decision (conversation_id) WHERE state = 'open';
CREATE INDEX decision_of_turn ON decision (turn_id);

CREATE TABLE rule (
    id         INTEGER PRIMARY KEY,
    project    TEXT NOT NULL,
    pattern    TEXT NOT NULL, -- as the agent writes it
    added_by   TEXT NOT NULL,
    added_at   REAL NOT NULL,
    revoked_by TEXT,
    revoked_at REAL -- kept: an id never means another rule
) STRICT;

CREATE UNIQUE INDEX rule_live ON rule (project, pattern) WHERE revoked_at IS NULL;

CREATE TABLE person (
    platform TEXT NOT NULL,
    id       TEXT NOT NULL,
    key      TEXT NOT NULL, -- the same for all that one person is
    language TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (platform, id)
) STRICT;

CREATE TABLE file (
    seq             INTEGER PRIMARY KEY, -- the order of sending
    view_id         TEXT NOT NULL UNIQUE,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    turn_id         INTEGER REFERENCES turn (id),
    call_id         TEXT NOT NULL, -- '': of no call
    path            TEXT NOT NULL,
    name            TEXT NOT NULL,
    media_type      TEXT NOT NULL,
    size            INTEGER NOT NULL,
    caption         TEXT NOT NULL,
    sent_at         REAL NOT NULL,
    shown_at        REAL
) STRICT;

CREATE UNIQUE INDEX file_of_call ON file (turn_id, call_id) WHERE call_id <> '';
CREATE INDEX file_of_turn ON file (turn_id);
CREATE INDEX file_unshown ON file (seq) WHERE shown_at IS NULL;

CREATE TABLE parked_account (
    account TEXT PRIMARY KEY,
    until   REAL NOT NULL,
    reason  TEXT NOT NULL
) STRICT;

CREATE TABLE activity (
    id              INTEGER PRIMARY KEY, -- the order in which it was noted
    conversation_id INTEGER NOT NULL REFERENCES conversation (id),
    turn_id         INTEGER REFERENCES turn (id),
    session_id      TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('tool', 'error', 'warning', 'note')),
    name            TEXT NOT NULL,
    text            TEXT NOT NULL,
    ok              INTEGER NOT NULL,
    at              REAL NOT NULL,
    duration_s      REAL
) STRICT;

CREATE INDEX activity_of_conversation ON activity (conversation_id, id);
CREATE INDEX activity_by_time ON activity (at);
