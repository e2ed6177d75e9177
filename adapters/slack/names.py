"""Who people are, as far as that is needed to read and answer what they do."""

import asyncio
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from adapters.inbound import Sender

PATIENCE_S = 2.0  # then ids do for names, and any language


class Names(Protocol):
    """The part of `People` that is needed here."""

    def name(self, user_id: str) -> str: ...

    def language(self, user_id: str) -> str: ...

    def warm(self, user_ids: Iterable[str]) -> Awaitable[None]: ...


async def know(names: Names, user_ids: Iterable[str]) -> None:
    """Return once they are known, or soon."""
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await names.warm(user_ids)


async def introduced(names: Names, sender: Sender) -> Sender:
    """The same, with their language."""
    if not names.language(sender.id):
        await know(names, (sender.id,))
    return replace(sender, language=names.language(sender.id))
