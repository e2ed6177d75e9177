"""One view at one address: what the screen shows of it, and how it is drawn."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from adapters.base import Busy, LoggedOut, Rejected, Screen, Unavailable, Unreachable
from adapters.inbound import Address, MessageRef
from adapters.lane import Urgency, urgency_of
from adapters.sheet import Shown
from adapters.slack.sheet import Sheet
from adapters.slack.stream import Stream
from adapters.views import TurnStatus, View


class Calls(Protocol):
    """Slack's methods, by name: the part of `SlackApi` that drawing needs."""

    async def call(
        self,
        method: str,
        *,
        urgency: Urgency = Urgency.EDIT,
        ping: str = "",
        **params: Any,
    ) -> dict[str, Any]: ...

    async def fill(self, name: str, content: Path | bytes, *, alt: str = "") -> str: ...

    async def share(
        self, address: Address, file_id: str, title: str, *, comment: str = ""
    ) -> None: ...


@dataclass(slots=True)
class Sending:
    """A file on its way to people."""

    filled: asyncio.Future[str] | None = None  # Slack's id of it, once it has it all
    tries: int = 0
    failures: int = 0
    looked_since: float | None = None
    looks: int = 0


@dataclass(slots=True)
class Page:
    """*plain*: by posts and edits for good. *halted*: until the turn is over, not at
    all. *unsure*: parts that may be on the screen, though nobody confirmed them.
    """

    address: Address
    view_id: str
    sheet: Sheet
    stream: Stream | None = None
    plain: bool = False
    halted: bool = False
    unsure: set[str] = field(default_factory=set)
    sending: Sending = field(default_factory=Sending)
    drawn: View | None = None
    drawn_at: float = 0.0

    @property
    def streamed_before(self) -> bool:
        """Whether an earlier run showed more of it than its place in the queue."""
        return any(part.startswith("s") for part in (*self.sheet.shown, *self.unsure))

    def urgency(self, view: View) -> Urgency:
        return urgency_of(view, self.drawn)

    def goes_on(self, view: View) -> bool:
        """Whether *view* only adds to what is drawn."""
        at_work = getattr(view, "status", None) is TurnStatus.RUNNING
        return at_work and getattr(self.drawn, "status", None) is TurnStatus.RUNNING

    def metadata(self, part: str) -> dict[str, Any]:
        """By this a message is found again."""
        payload = {"view": self.view_id, "part": part}
        return {"event_type": "parley", "event_payload": payload}


async def announced(
    screen: Screen,
    page: Page,
    part: str,
    send: Callable[[], Awaitable[MessageRef]],
    *,
    look: int | None,
) -> None:
    """Send a part so that a kill between any two steps of it can be mended."""
    await screen.posting(page.address, page.view_id, part)
    try:
        ref = await send()
    except (
        Busy,
        Unavailable,
        Unreachable,
        Rejected,
        LoggedOut,
    ):  # it is surely not there
        await screen.removed(page.address, page.view_id, part)
        raise
    except Exception:
        page.unsure.add(part)
        raise
    page.sheet.shown[part] = Shown(ref, look, recorded=False)
    page.sheet.doubts.pop(part, None)
    await record(screen, page, part)


async def record(screen: Screen, page: Page, part: str) -> None:
    shown = page.sheet.shown[part]
    await screen.posted(page.address, page.view_id, part, shown.ref)
    shown.recorded = True


async def forget(screen: Screen, page: Page, part: str) -> None:
    page.sheet.shown.pop(part, None)
    page.sheet.gone.add(part)
    await screen.removed(page.address, page.view_id, part)
