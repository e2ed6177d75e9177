"""Who is who across platforms, and the language each of them reads.

Rule: the store is the truth; this is what of it is needed at every message.
"""

from collections.abc import Sequence

from adapters.inbound import Inbound
from adapters.language import ENGLISH, nearest
from bot.access import Access
from store.people import PersonRecord
from store.store import Store


class People:
    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access
        self._known: dict[tuple[str, str], PersonRecord] = {}

    async def load(self) -> None:
        """Learn what is on record. Call it at start, and after a change."""
        known = await self._store.people()
        self._known = {(one.platform, one.id): one for one in known}
        self._access.identify({f"{one.platform}:{one.id}": one.key for one in known})

    def language(self, inbound: Inbound) -> str:
        """What they chose, else what their platform says of them."""
        chosen = self._chosen(inbound.platform, inbound.sender.id)
        return chosen or nearest(inbound.sender.language or ENGLISH)

    def language_of(self, platform: str, person: str) -> str:
        """The same of somebody who says nothing now: what they chose, else English."""
        return self._chosen(platform, person) or ENGLISH

    def _chosen(self, platform: str, person: str) -> str:
        known = self._known.get((platform, person))
        return known.language if known else ""

    def key(self, platform: str, person: str) -> str:
        """The same for all that is known to be one person."""
        known = self._known.get((platform, person))
        return known.key if known else f"{platform}:{person}"

    def same(self, platform: str, person: str) -> list[tuple[str, str]]:
        """Every (platform, id) of that person, the given one among them."""
        asked = (platform, person)
        known = self._known.get(asked)
        if known is None:
            return [asked]
        return [each for each, one in self._known.items() if one.key == known.key]

    async def choose_language(
        self, inbound: Inbound, language: str, *, events: Sequence[str]
    ) -> None:
        await self._store.set_language(
            inbound.platform, inbound.sender.id, language, events=events
        )
        await self.load()

    async def link(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        """Both are the same person: they have said so on both platforms."""
        if one != other:
            await self._store.link_people(one, other)
            await self.load()
