"""The whole program: what people asked for and allowed is in the audit, in order."""

import asyncio
import json
import sys
from collections.abc import Iterable
from typing import Any

from store.audit_log import AuditLog, Entry
from store.chain import sha256
from tests.e2e.parley import Parley, eventually
from tests.e2e.test_stories import ALLOW, DENY, STOP, answered
from tests.telegram_server import Message

ADA = "telegram:1001"
PROOF = "RUN[echo ran >> proof.txt]RUN"


def entries(parley: Parley) -> list[Entry]:
    with AuditLog.open(parley.state / "parley.db") as audit:
        return list(audit.entries())


def facts(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(entry.body)
    return told


def who_did_what(told: Iterable[Entry]) -> list[tuple[str, str]]:
    return [(entry.kind, entry.actor) for entry in told]


async def ended(parley: Parley, turns: int = 1) -> list[Entry]:
    """Wait until so many have; all there is in the audit then."""
    count = "SELECT count(*) FROM audit WHERE kind = 'ended'"
    await eventually(lambda: parley.rows(count) == [(turns,)])
    return entries(parley)


async def question(parley: Parley) -> Message:
    chat = await parley.telegram.until(
        lambda chat: ALLOW in chat[-1].labels, timeout_s=30
    )
    return chat[-1]


async def audit(parley: Parley, *arguments: str) -> tuple[int, str]:
    """`parley audit …`: its exit code, and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit", *arguments),
        env=parley.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def test_a_permission_is_told_from_the_asking_to_the_end(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say(PROOF)
    parley.telegram.press(await question(parley), ALLOW)
    await answered(parley, "Tool said")

    told = await ended(parley)
    assert who_did_what(told) == [
        ("asked", ADA),
        ("tool", ""),
        ("permission", ""),
        ("decided", ADA),
        ("ended", ""),
    ]
    asking, tool, wanted, decided, end = map(facts, told)
    assert asking["prompt"] == sha256(PROOF)
    assert tool["call"] == wanted["call"] == decided["call"]
    assert (tool["tool"], decided["option"], end["how"]) == ("Bash", "once", "answered")
    assert end["tokens"] > 0
    kept = "".join(map(str, told))
    assert not [words for words in ("echo", "proof", "ran", "Ada") if words in kept]

    code, printed = await audit(parley, "verify")
    assert (code, printed) == (0, f"sound: 5 entries, 1 to 5\nhead: {told[-1].hash}\n")


async def test_a_refusal_and_a_stop_name_who_did_it(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say(PROOF)
    parley.telegram.press(await question(parley), DENY)
    await answered(parley, "Tool said")
    parley.telegram.say("HOLD[gate] SAY[Slowly the answer comes]")
    chat = await parley.telegram.until(lambda chat: STOP in chat[-1].labels)
    await parley.api.arrived(3)
    parley.telegram.press(chat[-1], STOP)

    told = await ended(parley, 2)
    assert who_did_what(told)[3:7] == [
        ("decided", ADA),
        ("ended", ""),
        ("asked", ADA),
        ("ended", ADA),
    ]
    assert facts(told[3])["option"] == "deny"
    assert facts(told[6])["how"] == "cancelled"


async def test_a_kill_neither_loses_nor_repeats_an_entry(parley: Parley) -> None:
    """Whether the agent lives on or its record is looked at: all is told again."""
    await parley.start()
    parley.telegram.say("RUN[echo ran >> proof.txt; sleep 3]RUN")
    parley.telegram.press(await question(parley), ALLOW)
    await eventually((parley.workspace / "proof.txt").exists)
    before = entries(parley)

    await parley.kill()
    code, printed = await audit(parley, "verify", "--head", before[-1].hash)
    assert (code, printed.split(":")[0]) == (0, "sound")
    await parley.start()

    told = await ended(parley)
    assert told[: len(before)] == before
    assert who_did_what(told) == [
        ("asked", ADA),
        ("tool", ""),
        ("permission", ""),
        ("decided", ADA),
        ("ended", ""),
    ]
    await eventually(lambda: heads(parley))
    assert heads(parley)[-1] in {entry.hash for entry in told}


def heads(parley: Parley) -> list[object]:
    """Hashes that the log named."""
    return [line["hash"] for line in parley.lines() if line["event"] == "audit.head"]
