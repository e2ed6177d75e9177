"""What the bot and a chat platform ask of each other.

Rule: nothing in this file knows which platform it is talking to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

from adapters.inbound import Address, Inbound, Kept, MessageRef
from adapters.views import View


class Intake(Protocol):
    """The bot's side of what comes in. An adapter is given one.

    Order of use: `allows` (drop strangers), `keep` (then acknowledge), `deliver`.
    """

    def allows(self, sender_id: str) -> bool:
        """Whether this person may use the bot at all. Ask before anything else."""
        ...

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        """Commit (event id, payload) pairs; returns those not seen before.

        Once this returns, the events survive anything: acknowledge them now.
        """
        ...

    async def pending(self) -> list[Kept]:
        """Events kept by an earlier run and neither delivered nor parked, in order."""
        ...

    async def deliver(self, inbound: Inbound) -> None:
        """Hand over; returns soon (a commit or two), never waits for an agent."""
        ...

    async def discard(self, event_ids: Sequence[str]) -> None:
        """These need no action (a join message, an edit of a preview)."""
        ...

    async def park(self, event_id: str, reason: str) -> None:
        """This cannot be understood: set it aside, tell the operator, go on."""
        ...

    async def knows(self, address: Address) -> bool:
        """Whether a conversation lives exactly there."""
        ...

    async def active(self, since: float) -> list[tuple[Address, MessageRef | None]]:
        """Conversations of this platform asked something after *since* (epoch seconds),
        each with the newest message that asked.
        """
        ...

    async def last_kept_at(self) -> float | None:
        """When the newest event was kept, epoch seconds; None: never any."""
        ...

    def expect(self, address: Address, sender_id: str) -> None:
        """Somebody opened the conversation there, or types: they will soon ask.

        Cheap, and may be called often; nothing is promised.
        """
        ...

    async def folder(self, address: Address) -> Path:
        """Where files sent at *address* are saved. It exists; the agent may read it."""
        ...


@dataclass(frozen=True, slots=True)
class Post:
    """A message of ours that shows a part of a view.

    *ref* is None if a run died between sending it and learning its id: it may be
    on the screen, and cannot be found.
    """

    part: str  # which piece of the view, in the adapter's own words
    ref: MessageRef | None


class Screen(Protocol):
    """What is on a platform's screens, remembered through restarts.

    Rule: `posting` is committed before a message is sent, `posted` right after, so a
    message is edited rather than sent again.
    """

    async def posts(self, address: Address, view_id: str) -> list[Post]:
        """Messages that show this view, oldest first."""
        ...

    async def posting(self, address: Address, view_id: str, part: str) -> None:
        """About to send this part."""
        ...

    async def posted(
        self, address: Address, view_id: str, part: str, ref: MessageRef
    ) -> None:
        """This part is on the screen as *ref*. Replaces an older ref of the part."""
        ...

    async def removed(self, address: Address, view_id: str, part: str) -> None:
        """This part is not on the screen any more."""
        ...

    async def confirmed(self, address: Address, view_id: str) -> None:
        """The view is final and the screen shows it whole."""
        ...


#: What a platform's menu offers: (name, description) of each command, by language.
Menu: TypeAlias = Callable[[str], Sequence[tuple[str, str]]]

#: Hears of every call that a platform turned away: its method, and seconds to wait.
OnLimited: TypeAlias = Callable[[str, float], object]


def unheard(_method: str, _wait_s: float) -> None:
    """An `OnLimited` where nobody counts."""


# --- the adapter --------------------------------------------------------------

HealthState: TypeAlias = Literal["starting", "ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Health:
    state: HealthState
    reason: str = ""  # for the operator: what is wrong and what to do
    last_contact: float | None = None  # epoch seconds; None: never


class Adapter(Protocol):
    """One connected chat platform."""

    @property
    def platform(self) -> str: ...

    @property
    def health(self) -> Health: ...

    async def run(self, intake: Intake, screen: Screen) -> None:
        """Take in and show, until cancelled. Raises `LoggedOut` if its token is bad."""
        ...

    async def stop_receiving(self) -> None:
        """Take nothing more in; what is kept stays kept. Showing goes on."""
        ...

    def show(self, address: Address, view: View) -> None:
        """Make the screen look like *view*, soon. Never blocks; the newest wins."""
        ...

    async def flush(self) -> None:
        """Return once everything shown so far is on the screen. May take for ever."""
        ...

    async def check(self) -> Mapping[str, str]:
        """Ask the platform who we are; facts for `doctor`. Raises `AdapterError`."""
        ...


class AdapterError(Exception):
    """A platform did not do as asked."""


class LoggedOut(AdapterError):
    """The platform does not accept our token. Retrying cannot help."""


class RateLimited(AdapterError):
    """The platform asked us to slow down."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"retry after {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Busy(AdapterError):
    """Not now: this one view has to wait. What else there is to show need not."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"busy for {wait_s:.1f} s")
        self.wait_s = wait_s


class Unreachable(AdapterError):
    """This chat does not accept messages now (blocked, deleted, kicked)."""


class Rejected(AdapterError):
    """The platform will never accept this request; retrying cannot help."""


class Unavailable(AdapterError):
    """No connection, or the platform is down. Nothing happened: try again later."""


class Ambiguous(AdapterError):
    """The answer never came: what we asked for may have happened, or not."""
