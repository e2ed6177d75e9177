"""Who people are, and which channels others see into, as Slack tells it.

Rule: what cannot be asked is never guessed. `AdapterError` says so.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import structlog

from adapters.base import AdapterError
from adapters.lane import Urgency
from adapters.slack.errors import NotMember, Refused
from adapters.slack.lookups import Lookups
from adapters.slack.payload import part, text

log = structlog.get_logger()

GONE = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


class Api(Protocol):
    """The part of `SlackApi` that is needed here."""

    async def call(
        self, method: str, *, urgency: Urgency, **params: Any
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    language: str = ""  # as Slack tags it: "ko-KR"
    nobody: bool = False  # a program, or somebody who has left
    outsider: bool = False  # a guest, or of another organisation


class People:
    """The people of a workspace, each asked for about once an hour."""

    def __init__(self, api: Api, *, now: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._people = Lookups[Person](now)

    async def person(self, user_id: str, urgency: Urgency = Urgency.QUESTION) -> Person:
        return await self._people.get(user_id, partial(self._ask, urgency))

    def name(self, user_id: str) -> str:
        """What they call themselves; their id if that is not known yet."""
        person = self._people.known(user_id)
        return person.name if person and person.name else user_id

    def language(self, user_id: str) -> str:
        """What they have chosen in Slack; "" if that is not known yet."""
        person = self._people.known(user_id)
        return person.language if person else ""

    async def warm(self, user_ids: Iterable[str]) -> None:
        """Ask ahead of need, where that takes no turn from those who need to know."""
        for user_id in user_ids:
            try:
                await self.person(user_id, Urgency.EDIT)
            except AdapterError as error:
                log.info("people.not_asked", reason=str(error))

    async def _ask(self, urgency: Urgency, user_id: str) -> Person:
        try:
            answer = await self._api.call(
                "users.info", urgency=urgency, user=user_id, include_locale=True
            )
        except Refused as error:
            if error.code not in GONE:
                raise
            return Person("", nobody=True)
        return person_of(part(answer, "user"))


class Rooms:
    """Which channels are shared with another organisation, asked as seldom."""

    def __init__(self, api: Api, *, now: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._shared = Lookups[bool](now)

    async def shared(self, channel: str) -> bool:
        """False as well where we are no member and see nothing: nor are we seen."""
        return await self._shared.get(channel, self._ask)

    async def _ask(self, channel: str) -> bool:
        try:
            answer = await self._api.call(
                "conversations.info", urgency=Urgency.QUESTION, channel=channel
            )
        except NotMember:
            return False
        return bool(part(answer, "channel").get("is_ext_shared"))


def person_of(user: object) -> Person:
    """Read a user as `users.info` describes one."""
    flags = part(user)
    return Person(
        name=text(user, "real_name")
        or text(user, "profile", "display_name")
        or text(user, "name"),
        language=text(user, "locale"),
        nobody=bool(flags.get("is_bot") or flags.get("deleted")),
        outsider=any(
            flags.get(flag)
            for flag in ("is_stranger", "is_restricted", "is_ultra_restricted")
        ),
    )
