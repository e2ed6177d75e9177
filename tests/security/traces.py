"""What somebody may have left behind in a program that serves others."""

from tests.e2e.parley import Program

#: Everything that is kept of what people do. A table that is new belongs here, too.
TABLES = (
    *("inbox", "conversation", "address", "turn", "decision", "post", "session"),
    *("rule", "person", "file", "activity", "parked_account"),
)


def rows(parley: Program) -> dict[str, int]:
    """How much there is of each kind."""
    counted = (f"SELECT count(*) FROM {table}" for table in TABLES)
    found = (parley.rows(query)[0][0] for query in counted)
    return {table: int(str(n)) for table, n in zip(TABLES, found, strict=True)}


def nothing(parley: Program) -> bool:
    """No row, no file of anybody's, no agent, and the model was not asked."""
    folder = parley.state / "conversations"
    files = list(folder.rglob("*")) if folder.exists() else []
    return not (any(rows(parley).values()) or files or parley.agents()) and not (
        parley.api.requests
    )
