"""How the entries of the audit hang together: each holds the hash of the one before.

Rule: nothing here ever changes what it gives. What was written years ago is checked
with it.
"""

import hashlib
import json
from collections.abc import Callable

from aiosqlite import Connection

#: What the first entry holds instead of a hash.
NOTHING = "0" * 64

_compact = json.JSONEncoder(separators=(",", ":")).encode


def entry_hash(
    number: int,
    at: float,
    kind: str,
    conversation: int | None,
    turn: int | None,
    actor: str,
    body: str,
    previous: str,
) -> str:
    """SHA-256 of all of an entry, as a JSON array in this order without spaces."""
    entry = [number, float(at), kind, conversation, turn, actor, body, previous]
    return sha256(_compact(entry))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


async def install(connection: Connection, clock: Callable[[], float]) -> None:
    """Give the triggers of the audit the functions that they use."""
    await connection.create_function(
        "sha256", 1, lambda text: None if text is None else sha256(str(text))
    )
    await connection.create_function("audit_hash", 8, entry_hash)
    await connection.create_function("audit_now", 0, clock)
