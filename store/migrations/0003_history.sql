-- What a conversation that was begun on purpose is like, and what lists show of all.
-- '' is "as the project has it" here, too.

ALTER TABLE conversation ADD COLUMN task TEXT NOT NULL DEFAULT '';
ALTER TABLE conversation ADD COLUMN settings TEXT NOT NULL DEFAULT ''; -- JSON of the caller
ALTER TABLE conversation ADD COLUMN begun_by TEXT; -- the key that asked for it
ALTER TABLE conversation ADD COLUMN changed_at REAL NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN deleted_at REAL;
ALTER TABLE turn ADD COLUMN structured TEXT; -- JSON that fits the schema asked for

UPDATE conversation SET changed_at = max(created_at, coalesce((
    SELECT max(coalesce(finished_at, queued_at)) FROM turn
    WHERE conversation_id = conversation.id
), 0));

CREATE UNIQUE INDEX conversation_by_key ON conversation (begun_by);
CREATE INDEX conversation_by_change ON conversation (changed_at)
    WHERE deleted_at IS NULL;
CREATE INDEX conversation_by_task ON conversation (task) WHERE task <> '';
CREATE INDEX turn_of_conversation ON turn (conversation_id, id);
CREATE INDEX decision_open ON decision (conversation_id) WHERE state = 'open';

CREATE TRIGGER turn_added AFTER INSERT ON turn BEGIN
    UPDATE conversation SET changed_at = max(changed_at, new.queued_at)
    WHERE id = new.conversation_id;
END;

CREATE TRIGGER turn_ended AFTER UPDATE OF finished_at ON turn
WHEN new.finished_at IS NOT NULL BEGIN
    UPDATE conversation SET changed_at = max(changed_at, new.finished_at)
    WHERE id = new.conversation_id;
END;

-- What was said, without the JSON around it.
CREATE VIEW said AS
SELECT
    id,
    CASE WHEN json_valid(prompt)
        THEN coalesce(json_extract(prompt, '$.text'), '') ELSE ''
    END AS prompt,
    coalesce(answer, '') AS answer
FROM turn;

CREATE INDEX decision_of_turn ON decision (turn_id);
