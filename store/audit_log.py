"""The audit as it is on disk: read beside a Parley that runs, or without one.

Rule: read-only, and as much at once as fits in a small batch.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self, TypeAlias

from store.chain import entry_hash
from store.errors import StoreError, explained

#: The schema that brought the audit.
SINCE = 5
_BATCH = 500
_SELECT = """
    SELECT number, at, kind, conversation_id AS conversation, turn_id AS turn, actor,
        body, previous, hash
    FROM audit
    """
_EACH = f"{_SELECT} WHERE number > :after ORDER BY number LIMIT :most"
_NEWEST = f"""
    {_SELECT}
    WHERE (:turn IS NULL OR turn_id = :turn)
      AND (:conversation IS NULL OR conversation_id = :conversation)
      AND (:person IS NULL OR actor = :person)
      AND (:since IS NULL OR at >= :since)
    ORDER BY number DESC LIMIT :limit
    """
_CUT = (
    "No entry has the hash {head}: what came after {number} was cut off, or all of it "
    "was written anew."
)
#: What an entry says about what was dropped.
_TOLD = '{"through":%d,"hash":"%s"}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    number: int
    at: float  # epoch seconds
    kind: str
    conversation: int | None
    turn: int | None
    actor: str  # platform:id; "": nobody in particular
    body: str  # JSON
    previous: str  # the hash of the entry before
    hash: str

    @property
    def unchanged(self) -> bool:
        """Whether its hash is that of what it says."""
        return self.hash == entry_hash(
            *(self.number, self.at, self.kind, self.conversation, self.turn),
            *(self.actor, self.body, self.previous),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries; None: any."""

    turn: int | None = None
    conversation: int | None = None
    person: str | None = None  # platform:id
    since: float | None = None  # epoch seconds


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Sound:
    """Every entry is as it was written, from *first* to *last*."""

    first: int
    last: int
    head: str  # the hash of the last one

    @property
    def entries(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Fault:
    number: int  # of the first entry that is not as it has to be
    words: str


Verdict: TypeAlias = Sound | Fault


class AuditLog:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Raises `StoreError`, also for what is met while it is read."""
        if not path.is_file():
            raise StoreError(f"there is no {path}: Parley has kept nothing there yet")
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with (
            explained(path),
            closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection,
        ):
            [schema] = connection.execute("PRAGMA user_version").fetchone()
            if schema < SINCE:
                raise StoreError(
                    f"{path} is of a version that kept no audit: start Parley once"
                )
            connection.row_factory = sqlite3.Row
            yield cls(connection)

    def entries(self) -> Iterator[Entry]:
        """All, the oldest first.

        In batches: one long read would keep SQLite from tidying up its journal, for as
        long as somebody takes to read a page of it.
        """
        last = 0
        while batch := [*self._after(last, _BATCH)]:
            yield from batch
            last = batch[-1].number

    def newest(self, wanted: Wanted, limit: int) -> list[Entry]:
        """So many of those at most, the oldest of them first."""
        rows = self._connection.execute(_NEWEST, {**asdict(wanted), "limit": limit})
        return [Entry(**row) for row in reversed(rows.fetchall())]

    def _after(self, number: int, most: int) -> Iterator[Entry]:
        """*most* -1: all."""
        rows = self._connection.execute(_EACH, {"after": number, "most": most})
        return (Entry(**row) for row in rows)

    # --- whether it is what was written ---------------------------------------

    def verify(self, head: str = "") -> Verdict:
        """Walk through all of it. *head*: a hash that it ended with at some time."""
        self._connection.execute("BEGIN")  # one moment of it, whatever is added
        try:
            return self._walk(head)
        finally:
            self._connection.execute("ROLLBACK")

    def _walk(self, head: str) -> Verdict:
        anchor = self._anchor()
        if anchor is None:
            return Fault(1, "It is not known where the audit begins.")
        number, previous = anchor
        seen, dropped = head in ("", previous), number == 0
        for entry in self._after(0, -1):
            if fault := self._fault(entry, number, previous):
                return fault
            seen = seen or entry.hash == head
            dropped = dropped or (entry.kind, entry.body) == ("trimmed", _TOLD % anchor)
            number, previous = entry.number, entry.hash
        if not dropped:
            words = f"Entries up to {anchor[0]} were removed, and not by Parley."
            return Fault(anchor[0], words)
        if not seen:
            return Fault(number + 1, _CUT.format(head=head, number=number))
        return Sound(anchor[0] + 1, number, previous)

    def _fault(self, entry: Entry, number: int, previous: str) -> Fault | None:
        """What is wrong with it as the one that follows on *number*."""
        if (missing := entry.number - number - 1) > 0:
            return Fault(number + 1, f"{missing} were removed here, in between.")
        if entry.previous != previous:
            return Fault(entry.number, self._misplaced(entry, number))
        if not entry.unchanged:
            return Fault(entry.number, "It was changed.")
        return None

    def _misplaced(self, entry: Entry, number: int) -> str:
        found = self._connection.execute(
            "SELECT number FROM audit WHERE hash = ?", (entry.previous,)
        ).fetchone()
        if found:
            return (
                f"It follows on entry {found[0]}, not on {number}: the order was "
                "changed, or something was put in between."
            )
        return (
            f"It does not follow on entry {number}: that one was written anew, or what "
            "was between them was removed."
        )

    def _anchor(self) -> tuple[int, str] | None:
        found = self._connection.execute(
            "SELECT number, hash FROM audit_anchor"
        ).fetchone()
        return (found["number"], found["hash"]) if found else None
