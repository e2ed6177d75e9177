"""What the parts of `Store` have in common."""

from collections.abc import Callable

from store.database import Database


class Part:
    """The questions about one subject. Rule: every public method is one transaction."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
