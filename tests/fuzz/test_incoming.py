"""What platforms send, with every part of it missing or something else."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Inbound, Kept
from adapters.slack.heard import Message as SlackMessage
from adapters.slack.heard import NotUnderstood as SlackNotUnderstood
from adapters.slack.inbound import read as read_slack
from adapters.slack.keeper import Keeper
from adapters.slack.said import read_said
from adapters.slack.web import read_body
from adapters.telegram.gate import Strangers, comes_in
from adapters.telegram.inbound import Edit, Message, NotUnderstood, read
from adapters.telegram.receive import Receiver
from store.store import Store
from tests.adapters.slack.incoming import ME, Known, name_of
from tests.adapters.telegram.incoming import FakeDownloads, message, parse_button
from tests.fakes import NothingBefore
from tests.fuzz.hostile import briefly, check_kept, deep, mutants
from tests.fuzz.seeds import SLACK, TELEGRAM


def kept(payload: object, event_id: str = "7") -> Kept:
    return Kept(event_id, json.dumps(payload), 1.0)


def telegram_survives(update: Any) -> None:
    """It is parked, or what comes of it can be kept."""
    if isinstance(update, dict):
        comes_in(update, lambda _: True)
        Strangers(time.time).hint(update)
    try:
        what = read(kept(update), parse_button)
    except NotUnderstood:
        return
    check_kept(what)
    if isinstance(what, Message | Edit):
        said = what.message if isinstance(what, Edit) else what
        said.text.encode()


def slack_survives(body: Any) -> None:
    if isinstance(body, dict):
        read_said(body, ME)
    try:
        heard = read_slack(kept(body), ME, name_of)
    except SlackNotUnderstood:
        return
    match heard.what:
        case SlackMessage() as said:
            check_kept(said.inbound(Known(), ()))
        case Inbound() as inbound:
            check_kept(inbound)
        case _:
            pass


@pytest.mark.parametrize("number", range(len(TELEGRAM)))
def test_every_update_of_telegram_may_lack_anything(number: int) -> None:
    for what, mutant in mutants(TELEGRAM[number], each=7):
        try:
            telegram_survives(mutant)
        except Exception as error:
            raise AssertionError(what) from error


@pytest.mark.parametrize("number", range(len(SLACK)))
def test_every_event_of_slack_may_lack_anything(number: int) -> None:
    for what, mutant in mutants(SLACK[number], each=10):
        try:
            slack_survives(mutant)
        except Exception as error:
            raise AssertionError(what) from error


@pytest.mark.parametrize("whole", [*TELEGRAM, *SLACK], ids=str)
def test_what_is_tried_is_understood_as_long_as_it_is_whole(
    whole: dict[str, Any],
) -> None:
    if whole in TELEGRAM:
        broken = "is_topic_message" in str(whole) and "thread_id" not in str(whole)
        if not broken:
            read(kept(whole), parse_button)
    else:
        read_slack(kept(whole), ME, name_of)


def test_half_a_character_of_a_person_is_replaced() -> None:
    raw = message(5, text="half \ud83d, whole \U0001f600", dice={"emoji": "\udc00"})

    what = read(kept({"update_id": 7, "message": raw}), parse_button)

    assert isinstance(what, Message)
    assert what.words == "half \ufffd, whole \U0001f600"


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form"])
def test_a_body_that_slack_would_not_send_is_refused(kind: str) -> None:
    for raw in (deep(50_000), b"payload=" + deep(50_000), b"\xff", b"[]", b"payload=1"):
        try:
            body = read_body(raw, kind)
        except ValueError:
            continue
        assert isinstance(body, dict)


@briefly
@given(st.binary(max_size=200), st.sampled_from(["application/json", ""]))
def test_any_body_is_an_object_or_refused(raw: bytes, kind: str) -> None:
    with suppress(ValueError):
        assert isinstance(read_body(raw, kind), dict)


class StoredIntake(NothingBefore):
    """The receiving end of Telegram over a real store."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.home = folder
        self.delivered: list[Inbound] = []

    def allows(self, sender_id: str) -> bool:
        return True

    async def keep(self, events: Sequence[tuple[str, str]]) -> list[Kept]:
        rows = await self.store.keep("telegram", events)
        return [Kept(row.event_id, row.payload, row.kept_at) for row in rows]

    async def pending(self) -> list[Kept]:
        rows = await self.store.pending("telegram")
        return [Kept(row.event_id, row.payload, row.kept_at) for row in rows]

    async def deliver(self, inbound: Inbound) -> None:
        check_kept(inbound)
        self.delivered.append(inbound)
        await self.store.discard("telegram", inbound.events)

    async def discard(self, event_ids: Sequence[str]) -> None:
        await self.store.discard("telegram", event_ids)

    async def park(self, event_id: str, reason: str) -> None:
        await self.store.park("telegram", event_id, reason)

    def expect(self, address: object, sender_id: str) -> None:
        """Nobody gets ready."""

    async def folder(self, address: object) -> Path:
        return self.home


async def test_no_update_holds_up_the_next_one(tmp_path: Path) -> None:
    """Each is understood or parked with a reason; the good one behind them comes in."""
    payloads = [m for u in TELEGRAM for _, m in mutants(u, each=1)]
    events = [(f"bad{n}", json.dumps(each)) for n, each in enumerate(payloads)]
    good = {"update_id": 1, "message": message(99, text="still there?")}
    async with Store.open(tmp_path / "parley.db") as store:
        intake = StoredIntake(store, tmp_path)
        receiver = Receiver(
            intake,
            FakeDownloads(),
            parse_button=parse_button,
            answer_callback=lambda _: asyncio.sleep(0),
            on_reachable=lambda chat, allowed: None,
            sleep=lambda _: asyncio.sleep(0.01),  # windows close at once
        )
        receiver.take(await intake.keep([*events, ("good", json.dumps(good))]))

        run = asyncio.create_task(receiver.run())
        async with asyncio.timeout(40):
            while await store.pending("telegram"):
                assert not run.done(), run
                await asyncio.sleep(0.05)

        run.cancel()
        await asyncio.wait([run])
        parked = await store.parked()
    assert len(parked) > 100
    assert all(row.reason for row in parked)
    assert any("good" in inbound.events for inbound in intake.delivered)


async def test_a_key_that_fits_in_no_database_keeps_nobody_else_out(
    tmp_path: Path,
) -> None:
    async with Store.open(tmp_path / "parley.db") as store:
        keeper = Keeper(StoredIntake(store, tmp_path), lambda rows: None)

        await asyncio.gather(
            keeper.keep("msg:\ud800", "{}"), keeper.keep("msg:good", "{}")
        )

        kept = [row.event_id for row in await store.pending("telegram")]
    assert kept == ["msg:?", "msg:good"]
