"""Threats 2 and 3: somebody who may not use the bot tries everything Telegram has."""

import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from adapters.telegram.poll import ALLOWED
from tests.e2e.parley import Parley, world
from tests.e2e.test_stories import answered
from tests.security.traces import nothing
from tests.telegram_server import ADA, BOB

#: Whatever the API has, and whatever Parley asks for, which may be newer.
KINDS = sorted({*map(str, Update.ALL_TYPES), *ALLOWED})
#: What Parley does for itself, whoever writes.
OWN = frozenset(
    "getMe getUpdates deleteWebhook setMyCommands setChatMenuButton".split()  # noqa: SIM905
)


@pytest.fixture
async def parley(tmp_path: Path) -> AsyncIterator[Parley]:
    async with world(tmp_path) as parley:
        yield parley
        assert parley.telegram.refusals == []


def bodies(file_id: str) -> Iterator[dict[str, Any]]:
    """What Bob did, in every place, with everything in it that might mean something."""
    bob = {"id": BOB, "is_bot": False, "first_name": "Bob", "username": "ada"}
    ada = {"id": ADA, "is_bot": False, "first_name": "Ada"}
    file = {"file_id": file_id, "file_unique_id": "u", "file_size": 5}
    places = (
        {"id": BOB, "type": "private", "first_name": "Bob"},
        {"id": ADA, "type": "private", "first_name": "Ada"},  # he cannot; if he could
        {"id": -5, "type": "supergroup", "title": "A group with Ada"},
        {"id": -6, "type": "channel", "title": "A channel"},
    )
    for number, chat in enumerate(places, 1):
        message = {"message_id": number, "from": bob, "chat": chat, "date": 1}
        yield {
            **message,
            "id": f"{number}",
            "user": bob,
            "user_chat_id": BOB,
            "text": "SAY[he is in] @ada",
            "caption": "SAY[he is in]",
            "query": "SAY[he is in]",
            "data": "t1:stop",
            "chat_instance": "1",
            "document": {**file, "file_name": "x.txt"},
            "photo": [{**file, "width": 1, "height": 1}],
            "voice": {**file, "duration": 1},
            "forward_origin": {"type": "user", "sender_user": ada, "date": 1},
            "reply_to_message": {**message, "from": ada, "text": "SAY[quoted]"},
            "message": {**message, "from": ada, "text": "a card"},
            "new_reaction": [{"type": "emoji", "emoji": "👍"}],
            "old_reaction": [],
            "draft_id": 1,
            "old_chat_member": {"user": bob, "status": "left"},
            "new_chat_member": {"user": bob, "status": "member"},
        }


def push(parley: Parley, kind: str, body: dict[str, Any]) -> None:
    """Past what the bot asked for: a server that sends more is no excuse."""
    telegram = parley.telegram._world
    number = 500_000 + next(_numbers)
    telegram.updates.append((number, {"update_id": number, kind: body}))
    telegram.change()


_numbers = itertools.count()


async def test_no_kind_of_update_of_a_stranger_leaves_anything(parley: Parley) -> None:
    telegram = parley.telegram
    file_id = telegram._world.store_file("x.txt", b"hello")
    await parley.start()
    await telegram.wait_for(lambda: telegram.calls("getUpdates"))

    for kind in KINDS:
        for body in bodies(file_id):
            push(parley, kind, body)
    await telegram.wait_for(lambda: not telegram.pending, timeout_s=20)

    assert nothing(parley)
    others = [call for call in telegram.calls() if call.method not in OWN]
    assert {(call.method, call.params.get("chat_id")) for call in others} <= {
        ("sendMessage", BOB)
    }
    assert len(others) <= 1
    assert telegram.answers == {}

    telegram.say("SAY[and Ada is heard]")
    await answered(parley, "and Ada is heard")


async def test_of_a_hundred_strangers_a_few_hear_how_to_get_in(parley: Parley) -> None:
    telegram = parley.telegram
    await parley.start()

    for user in range(5000, 5100):
        telegram.say("let me in", user=user)
        telegram.say("/start", user=user)
        telegram.send_document("x.txt", b"hello", user=user)
    await telegram.wait_for(lambda: not telegram.pending, timeout_s=20)

    told = [call.params["chat_id"] for call in telegram.calls("sendMessage")]
    assert len(told) == len(set(told)) <= 5
    assert telegram.calls("getFile") == []
    assert nothing(parley)
