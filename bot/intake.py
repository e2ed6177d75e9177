"""What an adapter may ask of the bot: the store, the access list, the dispatcher."""

from collections.abc import Sequence
from pathlib import Path

import structlog

from adapters.inbound import Address, Inbound, Kept, MessageRef
from bot.access import Access
from bot.conversation import conversation_at
from bot.dispatcher import Dispatcher
from bot.private import make_private
from bot.screens import address_of, address_record
from bot.shared import Shared
from store.database import Passing
from store.records import KeptRecord

log = structlog.get_logger()


class PlatformIntake:
    """`Intake` for one platform."""

    def __init__(
        self, platform: str, *, shared: Shared, access: Access, dispatcher: Dispatcher
    ) -> None:
        self._platform = platform
        self._shared = shared
        self._store = shared.store
        self._at_once = shared.store.impatient
        self._access = access
        self._dispatcher = dispatcher

    def allows(self, sender_id: str) -> bool:
        allowed = self._access.allows(self._platform, sender_id)
        if not allowed:
            self._shared.metrics.taken_in(self._platform, "stranger")
        return allowed

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        try:
            rows = await self._at_once.keep(self._platform, events)
        except Passing as trouble:
            self._shared.trouble.met(trouble)
            raise
        self._shared.trouble.kept()
        kept = [_kept(row) for row in rows]
        seen = self._shared.metrics.taken_in
        seen(self._platform, "new", len(kept))
        seen(self._platform, "repeated", len(events) - len(kept))
        return kept

    async def pending(self) -> list[Kept]:
        return [_kept(row) for row in await self._store.pending(self._platform)]

    async def deliver(self, inbound: Inbound) -> None:
        await self._dispatcher.dispatch(inbound)

    async def discard(self, event_ids: Sequence[str]) -> None:
        await self._store.discard(self._platform, event_ids)

    async def park(self, event_id: str, reason: str) -> None:
        await self._store.park(self._platform, event_id, reason)
        log.error("inbound.parked", event_id=event_id, reason=reason)

    async def knows(self, address: Address) -> bool:
        return await self._store.lives_at(address_record(address))

    async def active(self, since: float) -> list[tuple[Address, MessageRef | None]]:
        return [
            (address_of(record), None if newest is None else MessageRef(newest))
            for record, newest in await self._store.active(self._platform, since)
        ]

    async def last_kept_at(self) -> float | None:
        return await self._store.last_kept_at(self._platform)

    def expect(self, address: Address, sender_id: str) -> None:
        self._dispatcher.expect(address, sender_id)

    async def folder(self, address: Address) -> Path:
        record = await conversation_at(self._shared, address)
        folder = self._shared.folder(record.id)
        make_private(folder)
        return folder


def _kept(record: KeptRecord) -> Kept:
    return Kept(record.event_id, record.payload, record.kept_at)
