-- The audit: what people asked for, what tools were used, who decided, what it cost.
-- Each entry carries the hash of the one before it, so that none can be changed, taken
-- out or put in between without all that follow telling of it.
-- Entries are made by triggers: nothing happens without its entry, none without it
-- happening. `sha256` and `audit_hash` are functions of ours (`store/chain.py`): no
-- other program can write what is audited.

ALTER TABLE turn ADD COLUMN stopped_by TEXT NOT NULL DEFAULT ''; -- platform:id; '': nobody

CREATE TABLE audit (
    number          INTEGER PRIMARY KEY,
    at              REAL NOT NULL,
    kind            TEXT NOT NULL,
    conversation_id INTEGER, -- NULL: of none. No reference: entries outlive the rest
    turn_id         INTEGER, -- NULL: of none
    actor           TEXT NOT NULL, -- platform:id; '': nobody in particular
    body            TEXT NOT NULL, -- JSON; digests of what was said, never the words
    previous        TEXT NOT NULL, -- the hash of the entry before
    hash            TEXT NOT NULL -- of all of the above
) STRICT;

-- Agents tell of a call again after a crash.
CREATE UNIQUE INDEX audit_tool ON audit (turn_id, json_extract(body, '$.call'))
    WHERE kind = 'tool';

-- One row: after which entry the audit begins. Old entries go as a whole beginning.
CREATE TABLE audit_anchor (number INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
INSERT INTO audit_anchor VALUES (0, printf('%064d', 0));

CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
    SELECT raise(ABORT, 'the audit is only added to');
END;

CREATE TRIGGER audit_kept BEFORE DELETE ON audit
WHEN old.number > (SELECT number FROM audit_anchor) BEGIN
    SELECT raise(ABORT, 'the audit is only added to');
END;

-- The one way in: what is inserted here becomes the next entry.
CREATE VIEW entry AS SELECT at, kind, conversation_id, turn_id, actor, body FROM audit;

CREATE TRIGGER entry_added INSTEAD OF INSERT ON entry BEGIN
    INSERT INTO audit
    SELECT
        number + 1, new.at, new.kind, new.conversation_id, new.turn_id, new.actor, body,
        hash,
        audit_hash(
            number + 1, new.at, new.kind, new.conversation_id, new.turn_id, new.actor,
            body, hash
        )
    FROM (
        -- what is not known is not said
        SELECT number, hash, json_patch('{}', new.body) AS body
        FROM (
            SELECT number, hash FROM audit WHERE number = (SELECT max(number) FROM audit)
            UNION ALL SELECT number, hash FROM audit_anchor
        )
        LIMIT 1
    );
END;

-- Of a turn's prompt: digests of the words and of each file.
CREATE VIEW asked AS
SELECT
    id,
    json_object(
        'prompt', sha256(json_extract(prompt, '$.text')),
        'command', nullif(json_extract(prompt, '$.command'), ''),
        'files', (
            SELECT json_group_array(coalesce(json_extract(value, '$.sha256'), ''))
            FROM json_each(prompt, '$.files') WHERE json_extract(value, '$.path') <> ''
            HAVING count(*) > 0
        ),
        'transcripts', (
            SELECT json_group_array(sha256(value))
            FROM json_each(prompt, '$.transcripts') HAVING count(*) > 0
        )
    ) AS digests
FROM (
    SELECT id, iif(json_valid(prompt), prompt, json_object('text', prompt)) AS prompt
    FROM turn
);

-- --- turns --------------------------------------------------------------------

CREATE TRIGGER audit_asked AFTER INSERT ON turn BEGIN
    INSERT INTO entry
    SELECT
        new.queued_at, 'asked', new.conversation_id, new.id,
        coalesce(new.origin_platform || ':' || new.asked_by, ''),
        json_patch(
            json_object(
                'unasked', iif(new.origin_event IS NULL, json('true'), NULL),
                'project', new.project, 'platform', new.platform,
                'team', nullif(new.team, ''), 'chat', new.chat,
                'thread', nullif(new.thread, '')
            ),
            digests
        )
    FROM asked WHERE id = new.id;
END;

-- The words were corrected by whoever wrote them, or a recording was written down.
CREATE TRIGGER audit_amended AFTER UPDATE OF prompt ON turn
WHEN new.prompt <> old.prompt BEGIN
    INSERT INTO entry
    SELECT
        audit_now(), 'amended', new.conversation_id, new.id, '', digests
    FROM asked WHERE id = new.id;
END;

-- It had ended, and is taken up once more.
CREATE TRIGGER audit_again AFTER UPDATE OF state ON turn
WHEN new.state = 'queued' AND old.state IN ('failed', 'cancelled') BEGIN
    INSERT INTO entry
    VALUES (audit_now(), 'again', new.conversation_id, new.id, '', '{}');
END;

CREATE TRIGGER audit_ended AFTER UPDATE OF state ON turn
WHEN new.state IN ('answered', 'failed', 'cancelled', 'joined')
    AND old.state IN ('queued', 'submitted', 'consumed') BEGIN
    INSERT INTO entry
    VALUES (
        new.finished_at, 'ended', new.conversation_id, new.id, new.stopped_by,
        json_object(
            'how', new.state, 'into', new.joined_to, 'attempts', new.attempts,
            'cost_usd', new.cost_usd, 'tokens', new.tokens
        )
    );
END;

-- What a turn cost is known after it was stopped, or of an attempt that is repeated.
CREATE TRIGGER audit_cost AFTER UPDATE OF cost_usd ON turn
WHEN new.state = old.state
    AND (new.cost_usd IS NOT old.cost_usd OR new.tokens IS NOT old.tokens) BEGIN
    INSERT INTO entry
    VALUES (
        audit_now(), 'cost', new.conversation_id, new.id, '',
        json_object('cost_usd', new.cost_usd, 'tokens', new.tokens)
    );
END;

-- --- decisions ----------------------------------------------------------------

-- Of a card: what it was about, as far as it is no words.
CREATE VIEW card AS
SELECT
    id,
    json_object(
        'card', id, 'request', request_id,
        'tool', nullif(json_extract(meaning, '$.tool'), ''),
        'call', nullif(json_extract(meaning, '$.call_id'), '')
    ) AS facts,
    json_extract(question, '$.permission') AS permission,
    nullif(json_extract(question, '$.details'), '') AS details,
    nullif(json_extract(meaning, '$.rules."' || option || '"'), '') AS rule
FROM (
    SELECT
        id, request_id, option,
        iif(json_valid(question), question, '{}') AS question,
        iif(json_valid(meaning), meaning, '{}') AS meaning
    FROM decision
);

CREATE TRIGGER audit_requested AFTER INSERT ON decision
WHEN new.request_id NOT GLOB 'own:*' BEGIN
    INSERT INTO entry
    SELECT
        new.asked_at, iif(permission, 'permission', 'question'), new.conversation_id,
        new.turn_id, '', json_patch(facts, json_object('details', sha256(details)))
    FROM card WHERE id = new.id;
END;

CREATE TRIGGER audit_decided AFTER UPDATE OF state ON decision
WHEN new.state = 'decided' AND old.state = 'open' BEGIN
    INSERT INTO entry
    SELECT
        new.closed_at, 'decided', new.conversation_id, new.turn_id,
        -- 'platform:id Name'
        substr(new.decided_by, 1, instr(new.decided_by || ' ', ' ') - 1),
        json_patch(
            facts,
            json_object(
                'option', new.option, 'words', sha256(nullif(new.words, '')),
                'rule', rule
            )
        )
    FROM card WHERE id = new.id;
END;

CREATE TRIGGER audit_withdrawn AFTER UPDATE OF state ON decision
WHEN new.state = 'withdrawn' AND old.state = 'open' AND new.request_id NOT GLOB 'own:*'
BEGIN
    INSERT INTO entry
    SELECT
        new.closed_at, 'withdrawn', new.conversation_id, new.turn_id, '', facts
    FROM card WHERE id = new.id;
END;

-- --- who may do what ----------------------------------------------------------

CREATE TRIGGER audit_rule_added AFTER INSERT ON rule BEGIN
    INSERT INTO entry
    VALUES (
        new.added_at, 'access', NULL, NULL,
        substr(new.added_by, 1, instr(new.added_by || ' ', ' ') - 1),
        json_object(
            'rule_added', new.id, 'project', new.project, 'pattern', new.pattern
        )
    );
END;

CREATE TRIGGER audit_rule_removed AFTER UPDATE OF revoked_at ON rule
WHEN new.revoked_at IS NOT NULL AND old.revoked_at IS NULL BEGIN
    INSERT INTO entry
    VALUES (
        new.revoked_at, 'access', NULL, NULL, new.revoked_by,
        json_object(
            'rule_removed', new.id, 'project', new.project, 'pattern', new.pattern
        )
    );
END;

CREATE TRIGGER audit_person_linked AFTER UPDATE OF key ON person
WHEN new.key <> old.key BEGIN
    INSERT INTO entry
    VALUES (
        audit_now(), 'access', NULL, NULL, new.platform || ':' || new.id,
        json_object('same_person_as', new.key)
    );
END;
