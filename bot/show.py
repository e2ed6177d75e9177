"""How the parts of a conversation put something on its screens."""

from typing import Protocol

from adapters.inbound import Address
from adapters.views import View


class Show(Protocol):
    def __call__(
        self, view: View, *, home: Address | None = None, asked_by: str = ""
    ) -> None:
        """On every screen of the conversation, and to whoever watches.

        *home*: where the messages and people it names are known; None: where the
        conversation was begun. Elsewhere it says who asked: *asked_by*.
        """
        ...
