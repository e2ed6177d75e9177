"""The events of several conversations as one stream, to be resumed as one."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import replace

from adapters.web.agui import Sent
from adapters.web.events import follow_turn
from adapters.web.port import Desk, UnknownConversation

_PLACE = re.compile(r"(\d{1,16})=([^,]*)", re.ASCII)


async def follow_all(
    desk: Desk, turns: Mapping[int, str], last_event_id: str = ""
) -> AsyncGenerator[Sent, None]:
    """One turn of each conversation, until the last of them has ended.

    An event's id tells how far each of them was told, so it is longer than others.
    """
    places = {int(number): place for number, place in _PLACE.findall(last_event_id)}
    sources = {
        number: follow_turn(desk, number, turn, places.get(number, ""))
        for number, turn in turns.items()
    }
    waiting = {asyncio.create_task(_next(s)): n for n, s in sources.items()}
    try:
        while waiting:
            come, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in come:
                number = waiting.pop(task)
                if (sent := task.result()) is None:
                    continue
                waiting[asyncio.create_task(_next(sources[number]))] = number
                if sent.id:
                    places[number] = sent.id
                    sent = replace(sent, id=_joined(places))
                yield sent
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def _next(source: AsyncIterator[Sent]) -> Sent | None:
    try:
        return await anext(source, None)
    except UnknownConversation:
        return None  # deleted while it was read


def _joined(places: Mapping[int, str]) -> str:
    return ",".join(f"{number}={place}" for number, place in places.items())
