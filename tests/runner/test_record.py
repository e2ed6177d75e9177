"""The raw lines that are kept on request."""

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runner.base import Prompt, PromptFile, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.record import Record
from tests.claude_cli import (
    FAKE_KEY,
    api_key_environment,
    claude_binary,
    parent_environment,
)
from tests.messages_api import FakeMessages
from tests.runner.talk import Talk, talking


def entries(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "debug" / "session.jsonl"


async def test_both_ways_of_a_real_session_are_kept_and_only_if_asked_for(
    tmp_path: Path, home: Path, api: FakeMessages, spec: SessionSpec, file: Path
) -> None:
    runner = ClaudeRunner(
        [str(claude_binary())],
        billing="api_key",
        env=api_key_environment(api.url),
        environ=parent_environment(home),
        state=tmp_path / "state",
        redact=lambda text: text.replace(FAKE_KEY, "…"),
    )
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[unheard]")
    assert not file.exists()

    async with runner.open(replace(spec, record=file)) as session:
        await Talk(session).turn(f"SAY[heard] {FAKE_KEY}")

    kept = entries(file)
    kinds = [(entry["way"], entry["line"]["type"]) for entry in kept]
    assert ("in", "control_request") in kinds
    assert ("in", "user") in kinds
    assert ("out", "result") in kinds
    assert all(entry["at"].endswith("+00:00") for entry in kept)
    assert "unheard" not in file.read_text()
    assert FAKE_KEY not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_pictures_are_named_but_not_kept(
    runner: ClaudeRunner, spec: SessionSpec, file: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "roof.png"
    picture.write_bytes(bytes(range(256)) * 400)
    files = (PromptFile(picture, "image/png"),)
    async with talking(runner.open(replace(spec, record=file))) as talk:
        prompt = Prompt(uuid=spec.session_id, text="look", files=files)
        await talk.session.prompt(prompt)
        await talk.finished(prompt.uuid)

    [line] = [e["line"] for e in entries(file) if e["line"]["type"] == "user"][:1]
    picture_block = line["message"]["content"][1]
    assert picture_block["source"]["media_type"] == "image/png"
    assert len(picture_block["source"]["data"]) < 100
    assert file.stat().st_size < 100_000


def test_lines_that_are_no_json_are_kept_as_they_are(file: Path) -> None:
    record = Record(file, str)

    record.note("err", b'panic: "out of luck"\xff\n')
    record.note("out", b'{"type": "resu')

    assert [(e["way"], e["line"]) for e in entries(file)] == [
        ("err", 'panic: "out of luck"�'),
        ("out", '{"type": "resu'),
    ]


def test_the_older_half_goes_when_there_is_too_much(file: Path) -> None:
    record = Record(file, str, max_size=10_000)

    for number in range(1000):
        record.note("out", json.dumps({"number": number}).encode())

    numbers = [entry["line"]["number"] for entry in entries(file)]
    assert numbers == list(range(numbers[0], 1000))
    assert 3_000 < file.stat().st_size < 10_100


def test_a_line_longer_than_anybody_reads_is_cut(file: Path) -> None:
    Record(file, str).note("out", json.dumps({"text": "word " * 100_000}).encode())

    [entry] = entries(file)
    assert len(entry["line"]) < 110_000


def test_a_record_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    Record(tmp_path / "file" / "session.jsonl", str).note("out", b"{}")


def test_a_link_put_in_its_place_is_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)

    Record(link, str).note("out", b"{}")

    assert not target.exists()
