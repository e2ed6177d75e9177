"""Everything people see goes out through here, and what they saw is remembered."""

from collections.abc import Iterable
from dataclasses import replace

from adapters.base import Adapter, Health, Post
from adapters.inbound import Address, MessageRef
from adapters.views import FileView, Notice, QuestionView, TurnView, View
from bot.fleeting import Fleeting
from store.records import AddressRecord, TurnId
from store.store import Store


def turn_view_id(turn: TurnId) -> str:
    return f"t{turn}"


def turn_of_view(view_id: str) -> TurnId:
    """The reverse; a turn that never was for an id that is none of ours."""
    number = view_id.removeprefix("t")
    return TurnId(int(number) if number.isdecimal() and len(number) < 18 else 0)


def question_view_id(token: str) -> str:
    return f"q{token}"


#: How the ids of notices begin that are to be seen even if nothing can be written.
UNREMEMBERED = "nx"


class Screens:
    """Shows views at addresses; a final one is ticked off when all screens have it.

    What cannot be written now is drawn again later, and others before it: so a screen
    does not wait for the store, as all others do.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at_once = store.impatient
        self._fleeting = Fleeting()
        self._adapters: dict[str, Adapter] = {}
        self._unconfirmed: dict[str, set[Address]] = {}

    def add(self, adapter: Adapter) -> None:
        self._adapters[adapter.platform] = adapter

    def health(self) -> dict[str, Health]:
        return {name: adapter.health for name, adapter in self._adapters.items()}

    def show(
        self,
        addresses: Iterable[Address],
        view: View,
        *,
        home: Address | None = None,
        asked_by: str = "",
    ) -> None:
        """Show at every address whose platform is on; others see it at a restart.

        *home* is where it belongs: the messages and people it names are known there
        (None: everywhere). Elsewhere it says who asked: *asked_by*.
        """
        connected = [a for a in addresses if a.platform in self._adapters]
        if view.final and connected:
            self._unconfirmed.setdefault(view.id, set()).update(connected)
        for address in connected:
            at_home = home in (None, address)
            seen = view if at_home else _elsewhere(view, asked_by)
            self._adapters[address.platform].show(address, seen)

    def waits(self, address: Address, view_id: str) -> bool:
        """Whether the end of it, as it was shown last, has yet to appear there."""
        return address in self._unconfirmed.get(view_id, ())

    async def posts(self, address: Address, view_id: str) -> list[Post]:
        return [
            Post(record.part, None if record.ref is None else MessageRef(record.ref))
            for record in await self._posts(view_id).posts(
                address_record(address), view_id
            )
        ]

    async def posting(self, address: Address, view_id: str, part: str) -> None:
        await self._posts(view_id).posting(address_record(address), view_id, part)

    async def posted(
        self, address: Address, view_id: str, part: str, ref: MessageRef
    ) -> None:
        await self._posts(view_id).posted(address_record(address), view_id, part, ref)

    async def removed(self, address: Address, view_id: str, part: str) -> None:
        await self._posts(view_id).removed(address_record(address), view_id, part)

    def _posts(self, view_id: str) -> "Store | Fleeting":
        return self._fleeting if view_id.startswith(UNREMEMBERED) else self._at_once

    async def adopt(self, address: Address, view_id: str, ref: MessageRef) -> None:
        """This message shows the view, too: one that was sent and never confirmed.

        The next time the view is drawn, it is taken from the screen.
        """
        if ref not in [post.ref for post in await self.posts(address, view_id)]:
            record, part = address_record(address), f"stray-{ref}"
            await self._store.posting(record, view_id, part)
            await self._store.posted(record, view_id, part, ref)

    async def confirmed(self, address: Address, view_id: str) -> None:
        missing = self._unconfirmed.get(view_id, set())
        missing.discard(address)
        if missing:
            return
        self._unconfirmed.pop(view_id, None)
        match view_id[0]:
            case "t":
                await self._store.deliver_turn(turn_of_view(view_id))
            case "q":
                await self._store.shown(view_id)
            case "f":
                await self._store.file_shown(view_id)
            case _ if not view_id.startswith(UNREMEMBERED):
                await self._store.notice_shown(view_id)
            case _:
                pass


def _elsewhere(view: View, asked_by: str) -> View:
    match view:
        case TurnView():
            return replace(view, reply_to=None, for_id="", asked_by=asked_by)
        case QuestionView():
            return replace(view, reply_to=None, for_id="")
        case Notice() | FileView():
            return replace(view, reply_to=None)


PLATFORMS = {"telegram": "Telegram", "slack": "Slack", "web": "Web"}


def platform_name(platform: str) -> str:
    """As people write it."""
    return PLATFORMS.get(platform, platform)


def known_elsewhere(name: str, platform: str) -> str:
    """A person, as those on another platform read it: "Ada (Slack)"."""
    return f"{name} ({platform_name(platform)})"


def address_record(address: Address) -> AddressRecord:
    return AddressRecord(
        platform=address.platform,
        team=address.team,
        chat=address.chat,
        thread=address.thread,
    )


def address_of(record: AddressRecord) -> Address:
    return Address(record.platform, record.chat, record.thread, record.team)
