ALTER TABLE decision ADD COLUMN words TEXT NOT NULL DEFAULT ''; -- an answer, a reason
