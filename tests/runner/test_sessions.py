"""Which sessions can be resumed in a workspace, by the records the real agent makes."""

import json
import os
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from runner.base import Prompt, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import ToolStarted
from runner.session_file import folders
from runner.sessions import said, sessions
from tests.claude_cli import parent_environment
from tests.runner.talk import UNTIL, Talk, talking


def another(spec: SessionSpec) -> SessionSpec:
    return replace(spec, session_id=str(uuid.uuid4()))


async def test_the_latest_comes_first_with_the_first_words_of_a_person(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    newer = another(spec)
    async with talking(runner.open(spec)) as talk:
        await talk.turn("Mend the\nroof, please", context="From Ada.")
        await talk.turn("and RUN[echo the cellar]RUN")
    async with talking(runner.open(newer)) as talk:
        await talk.turn(f"BACK[{UNTIL.format('go')}]BACK " + "very long " * 30)
        (spec.workspace / "go").touch()
        await talk.finished(None)  # what nobody asked for is no prompt

    first, second = await runner.sessions(spec.workspace, limit=10)
    [only] = await runner.sessions(spec.workspace, limit=1)

    assert first == only
    assert (first.session_id, first.prompts) == (newer.session_id, 1)
    assert first.title.startswith("BACK[until [ -e go ]; do sleep 0.05; done]BACK very")
    assert first.title.endswith("…")
    assert len(first.title) <= 100
    assert (second.session_id, second.prompts) == (spec.session_id, 2)
    assert second.title == "Mend the roof, please"
    assert 0 <= time.time() - first.changed_at < 60


async def test_words_that_were_steered_in_begin_no_session_of_their_own(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    words = f"TASK[RUN[{UNTIL.format('go')}]RUN]TASK"
    async with talking(runner.open(spec)) as talk:
        id_ = await talk.prompt(words)
        await talk.until(ToolStarted)
        await talk.session.steer(Prompt(uuid=str(uuid.uuid4()), text="be brief"))
        await talk.read()
        (spec.workspace / "go").touch()
        await talk.finished(id_)

    [found] = await runner.sessions(spec.workspace, limit=10)
    assert found.title == words


async def test_a_session_nobody_spoke_in_is_not_listed(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        prompt = Prompt(uuid=str(uuid.uuid4()), text="", command="context")
        await talk.session.prompt(prompt)
        await talk.finished(prompt.uuid)

    assert await runner.sessions(spec.workspace, limit=10) == []


@pytest.mark.parametrize("name", ["café 😀 x", "L" * 120 + "/" + "M" * 120])
async def test_only_those_of_the_workspace_whatever_it_is_called(
    runner: ClaudeRunner, spec: SessionSpec, tmp_path: Path, name: str
) -> None:
    there = replace(another(spec), workspace=tmp_path / name)
    there.workspace.mkdir(parents=True)
    for each in (spec, there):
        async with runner.open(each) as session:
            await Talk(session).turn("hello")

    for each in (spec, there):
        [found] = await runner.sessions(each.workspace, limit=10)
        assert found.session_id == each.session_id


# --- records made by hand -------------------------------------------------------------


@pytest.fixture
def folder(home: Path, workspace: Path) -> Path:
    """Where the agent would keep the records of the workspace."""
    name = "".join(c if c.isalnum() else "-" for c in str(workspace.resolve()))
    folder = home / ".claude" / "projects" / name
    folder.mkdir(parents=True)
    assert folders(workspace.resolve(), parent_environment(home)) == [folder]
    return folder


def write(folder: Path, *entries: dict[str, Any] | str) -> Path:
    lines = (
        e if isinstance(e, str) else json.dumps(e, separators=(",", ":"))
        for e in entries
    )
    file = folder / f"{uuid.uuid4()}.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return file


def user(content: Any, **more: Any) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": content}, **more}


def text(words: str) -> dict[str, str]:
    return {"type": "text", "text": words}


NAMED = [
    {"type": "custom-title", "customTitle": "My roof"},
    {"type": "ai-title", "aiTitle": "Mending a roof"},
    {"type": "summary", "summary": "A roof was mended"},
]


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (NAMED, "My roof"),
        (NAMED[1:], "Mending a roof"),
        (NAMED[2:], "A roof was mended"),
        ([*NAMED, {"type": "custom-title", "customTitle": "Renamed"}], "Renamed"),
        ([*NAMED, '{"type":"custom-title","customTi'], "My roof"),
        ([user('about "type":"ai-title"')], "the roof leaks"),
        ([], "the roof leaks"),
    ],
)
def test_a_session_is_called_by_its_name_if_it_has_one(
    folder: Path, home: Path, workspace: Path, names: list[Any], title: str
) -> None:
    write(folder, {"type": "mode"}, user("the roof leaks"), *names)

    [found] = sessions(workspace.resolve(), parent_environment(home), limit=5)

    assert found.title == title


def test_folders_that_the_agent_does_not_tell_apart_are_told_apart(
    folder: Path, home: Path, workspace: Path
) -> None:
    write(folder, user("another's", cwd=f"{workspace.parent}-shop"))
    mine = write(folder, user("mine", cwd=str(workspace.resolve())))
    (folder / "notes.jsonl").write_text("{}\n")

    [found] = sessions(workspace.resolve(), parent_environment(home), limit=5)

    assert found.session_id == mine.stem


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (user("hello"), "hello"),
        (user([text("a"), text("b")]), "a b"),
        (user([text("<ide_opened_file>x"), text("b")]), "b"),
        (user([{"type": "image"}, text("[Parley: end]")]), "…"),
        (user("<div> is not centred"), "<div> is not centred"),
        (user("<command-name>/context</command-name>"), ""),
        (user("<local-command-stdout>x</local-command-stdout>"), ""),
        (user("<task-notification>\nx"), ""),
        (user("[Request interrupted by user]"), ""),
        (user([text("[Parley: you were interrupted …]")]), ""),
        (user([{"type": "tool_result", "tool_use_id": "x", "content": "y"}]), ""),
        (user("x", isMeta=True), ""),
        (user("x", isSidechain=True), ""),
        (user("x", isCompactSummary=True), ""),
        ({"type": "assistant", "message": {"content": "x"}}, ""),
        (user(None), ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_a_person_said(entry: dict[str, Any], words: str) -> None:
    assert said(entry) == words


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is read")
def test_of_a_thousand_records_only_those_that_are_listed_are_read(
    folder: Path, home: Path, workspace: Path
) -> None:
    result = user([{"type": "tool_result", "tool_use_id": "x", "content": "y" * 9_000}])
    large = write(folder, user("hello"), *[result] * 600)
    size = large.stat().st_size
    assert size > 5_000_000
    for _ in range(1_000):
        os.link(large, folder / f"{uuid.uuid4()}.jsonl")
    before = psutil.Process().io_counters().read_chars

    found = sessions(workspace.resolve(), parent_environment(home), limit=20)

    assert len(found) == 20
    read = psutil.Process().io_counters().read_chars - before
    assert read < 25 * size
