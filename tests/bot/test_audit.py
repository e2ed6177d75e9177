"""Tools on their way to the audit, files by what is in them, and the command line."""

import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.inbound import Attachment
from bot.audit import Trail, digested
from bot.audit_command import moment, show
from runner.claude_blocks import input_digest, spoken
from runner.events import PermissionRequested, Phrase, RunnerEvent, ToolStarted
from store.audit_log import Wanted
from store.records import TurnRecord
from store.store import Store
from tests.store.audited import entries, finish, sound, story, tamper
from tests.store.scene import Clock, asked

WORDS = Phrase("step-run", {"what": "make"})
MAY_I = PermissionRequested("r1", "Bash", "execute", WORDS, call_id="b")


def tool(call_id: str) -> ToolStarted:
    return ToolStarted(call_id, "Bash", "execute", WORDS, digest="d")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "parley.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with Store.open(path, Clock()) as store:
        yield store


async def follow(trail: Trail, *events: RunnerEvent) -> None:
    async with asyncio.TaskGroup() as tasks:
        for event in events:
            await trail.follow(event, tasks)


def calls(path: Path) -> list[str]:
    told = [json.loads(entry.body) for entry in entries(path) if entry.kind == "tool"]
    return [one["call"] for one in told]


def parley(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`parley audit …`, as somebody types it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "audit", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(path.parent),
            "PARLEY_STORE__PATH": str(path),
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


# --- tools --------------------------------------------------------------------


async def test_tools_are_kept_without_being_waited_for_and_in_order(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    trail = Trail(store, turn.id)
    async with asyncio.TaskGroup() as tasks:
        for call_id in "abc":
            await trail.follow(tool(call_id), tasks)
        assert calls(path) == []

    assert calls(path) == ["a", "b", "c"]


async def test_nobody_is_asked_about_a_tool_that_is_not_kept(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    trail = Trail(store, turn.id)
    async with asyncio.TaskGroup() as tasks:
        await trail.follow(tool("a"), tasks)
        await trail.follow(tool("b"), tasks)
        await trail.follow(MAY_I, tasks)

        assert calls(path) == ["a", "b"]


async def test_what_is_told_again_after_a_crash_is_kept_once(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    await follow(Trail(store, turn.id), tool("a"), tool("b"))

    await follow(Trail(store, turn.id), tool("a"), tool("b"), tool("c"))

    assert calls(path) == ["a", "b", "c"]


async def test_what_could_not_be_kept_is_kept_the_next_time(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    trail = Trail(store, turn.id)
    await store._database.run("PRAGMA query_only = ON")
    await follow(trail, tool("a"))
    assert calls(path) == []

    await store._database.run("PRAGMA query_only = OFF")
    await trail.write()

    assert calls(path) == ["a"]


def test_the_same_input_has_the_same_digest_however_it_is_written() -> None:
    one = json.loads('{"command": "echo \\u00e9", "timeout": 5}')
    other = json.loads('{"timeout": 5, "command": "echo é"}')
    canonical = b'{"command":"echo \\u00e9","timeout":5}'

    assert input_digest(one) == input_digest(other)
    assert input_digest(one) == hashlib.sha256(canonical).hexdigest()
    assert input_digest({"command": "\ud800"}) != input_digest({"command": "\ud801"})


def test_a_tool_of_the_agent_has_the_digest_of_its_input() -> None:
    block = {"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}}

    [started] = spoken(block, "m", "", "/work")

    assert isinstance(started, ToolStarted)
    assert started.digest == input_digest({"command": "ls"})


async def test_files_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    files = [
        Attachment("a", "text/plain", 3, path=str(tmp_path / "a")),
        Attachment("b", "text/plain", 3, path=str(tmp_path / "gone")),
        Attachment("c", "text/plain", 3, problem="It is too large."),
    ]

    known = await digested(files)

    assert [file.sha256 for file in known] == [
        hashlib.sha256(b"abc").hexdigest(), "", "",
    ]  # fmt: skip
    assert [file.name for file in known] == ["a", "b", "c"]


# --- the command line -----------------------------------------------------------


async def told(store: Store, by: str = "telegram:1") -> TurnRecord:
    turn = await story(store)
    again = await store.requeue_turn((await asked(store, "2")).id, forgive=True)
    assert again is not None
    await finish(store, again, by)
    return turn


async def test_a_sound_audit_is_said_to_be_while_parley_runs(
    store: Store, path: Path
) -> None:
    await told(store)
    head = (await store.audit_head()).hash

    done = await asyncio.to_thread(parley, path, "verify", "--head", head.upper())

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"sound: 9 entries, 1 to 9\nhead: {head}\n"


async def test_a_fault_is_named_and_has_an_exit_code(store: Store, path: Path) -> None:
    await told(store)
    tamper(path, "UPDATE audit SET actor = 'telegram:3' WHERE number = 5")

    done = await asyncio.to_thread(parley, path, "verify")

    assert done.returncode == 1
    assert done.stdout == "NOT SOUND at entry 5. It was changed.\n"


async def test_entries_are_listed_for_people(store: Store, path: Path) -> None:
    turn = await told(store)
    lines: list[str] = []
    show(path, lines.append, wanted=Wanted(turn=turn.id), limit=3)

    header, *rows = [line.split() for line in lines]
    assert header == ["entry", "time", "kind", "where", "who", "what"]
    assert [row[0] for row in rows] == ["4", "5", "7"]
    assert rows[1][3:7] == ["decided", "c1", "t1", "telegram:1"]
    assert "option=always" in rows[1]
    assert rows[0][-1].startswith("details=")
    assert len(rows[0][-1]) == len("details=") + 12


async def test_nothing_of_a_pattern_or_a_name_moves_the_cursor(
    store: Store, path: Path
) -> None:
    turn = await asked(store)
    await finish(store, turn, "telegram:\x1b[2J\u202e1")
    lines: list[str] = []

    show(path, lines.append, wanted=Wanted(), limit=5)

    assert all(line.isprintable() for line in lines)


async def test_what_is_exported_can_be_checked_elsewhere(
    store: Store, path: Path
) -> None:
    await told(store)

    done = await asyncio.to_thread(parley, path, "export")

    previous = "0" * 64
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == sound(path).entries
    for line in lines:
        *facts, last = line.values()
        entry = json.dumps(facts, separators=(",", ":"))
        assert last == hashlib.sha256(entry.encode()).hexdigest()
        assert line["previous"] == previous
        previous = last


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verify",), "has kept nothing there yet"),
        (("verify", "--head", "abc"), "64 hexadecimal digits"),
        (("show", "--since", "yesterday"), "no date, and no time ago: yesterday"),
    ],
)
def test_what_cannot_be_done_is_said(
    path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = parley(path, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_moment_is_a_date_or_so_long_ago() -> None:
    assert moment("2026-01-31T12:00+00:00") == 1769860800
    assert moment("1970-02-01") == time.mktime((1970, 2, 1, 0, 0, 0, 0, 0, -1))
    assert moment("24h") == pytest.approx(time.time() - 86400, abs=5)
    with pytest.raises(ValueError, match="Invalid"):
        moment("soon")
