"""What lies on disk, torn anywhere, or written by somebody else."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.views import QuestionView, Said, Step, TurnStatus, TurnView
from bot.codec import ASKED, QUESTION, SETTINGS, TURN_VIEW, Asked, Codec
from bot.config import load
from bot.errors import ConfigError
from runner import session_file
from runner.base import Evidence
from runner.sessions import said
from tests.fuzz.hostile import briefly, check_kept, deep, mutant, mutants

PROMPT = "6b8f1c1e-0000-4000-8000-000000000001"
RECORD: tuple[dict[str, Any], ...] = (
    {"type": "user", "uuid": PROMPT, "cwd": "/w", "message": {"content": "do it"}},
    {
        "type": "assistant",
        "uuid": "a1",
        "message": {
            "id": "m1",
            "stop_reason": "tool_use",
            "content": [
                {
                    "type": "tool_use",
                    "id": "t",
                    "name": "Bash",
                    "input": {"command": "a"},
                }
            ],
        },
    },
    {
        "type": "user",
        "uuid": "u2",
        "message": {
            "content": [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]
        },
    },
    {
        "type": "assistant",
        "uuid": "a2",
        "message": {
            "id": "m2",
            "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "done, 끝 😀"}],
        },
    },
)
LINES = [json.dumps(entry, ensure_ascii=False).encode() for entry in RECORD]
WHOLE = b"\n".join(LINES) + b"\n"


def looked_into(file: Path) -> Evidence:
    evidence = session_file.evidence(file, [PROMPT], "/w")
    session_file.holds_a_conversation(file)
    session_file.workspace_of(file)
    for event in evidence.events:
        check_kept(event)
    for entry in session_file.entries(file):
        said(entry)
    return evidence


def test_a_record_torn_at_any_byte_is_answered_only_when_its_last_line_is_whole(
    tmp_path: Path,
) -> None:
    file = tmp_path / "session.jsonl"
    answered = []

    for end in range(len(WHOLE) + 1):
        file.write_bytes(WHOLE[:end])
        if looked_into(file).answered:
            answered.append(end)

    assert answered == [len(WHOLE) - 1, len(WHOLE)]


def test_every_entry_of_a_record_may_lack_anything(tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"

    for place, entry in enumerate(RECORD):
        for what, each in mutants(entry, each=5):
            lines = [*LINES]
            lines[place] = json.dumps(each).encode()
            file.write_bytes(b"\n".join(lines))
            try:
                looked_into(file)
            except Exception as error:
                raise AssertionError(f"{place}: {what}") from error


@pytest.mark.parametrize("line", [deep(100_000), b"\xff\xfe", b"\x00" * 5000, b"7"])
def test_a_record_of_nonsense_knows_nothing(line: bytes, tmp_path: Path) -> None:
    file = tmp_path / "session.jsonl"
    file.write_bytes(line + b"\n" + LINES[0])

    assert looked_into(file).last == PROMPT


# --- rows ---------------------------------------------------------------------

VIEW = TurnView(
    id="t1", status=TurnStatus.DONE, parts=(Said("a"), Step("s", "t")), started_at=1.0
)
ROWS: tuple[tuple[Codec[Any], Any], ...] = (
    (TURN_VIEW, VIEW),
    (QUESTION, QuestionView(id="q1", turn_id="t1", title="?")),
    (ASKED, Asked("words")),
)


@pytest.mark.parametrize("number", range(len(ROWS)))
def test_a_row_that_is_not_as_it_was_written_is_refused_or_read(number: int) -> None:
    codec, value = ROWS[number]

    for _, each in mutants(json.loads(codec.dump(value))):
        try:
            again = codec.load(json.dumps(each, allow_nan=False))
        except ValueError:
            continue
        assert isinstance(codec.dump(again), str)


@pytest.mark.parametrize("codec", [TURN_VIEW, QUESTION, ASKED, SETTINGS])
def test_a_row_of_nonsense_is_refused(codec: Codec[Any]) -> None:
    for text in ("", "[", deep(50_000).decode(), '{"id":"\\ud800"}', "\x00"):
        with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
            codec.load(text)


def test_a_row_of_an_older_version_reads() -> None:
    old = TURN_VIEW.load('{"id":"t1","status":"done"}')

    assert old.final
    assert ASKED.load('{"text":"x"}').files == ()


# --- configuration --------------------------------------------------------------

EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_bytes()


def tried(file: Path, content: bytes) -> None:
    """It loads, or the mistake is told as one of the operator's."""
    file.write_bytes(content)
    file.chmod(0o600)
    try:
        load(file)
    except ConfigError as error:
        assert error.lines  # noqa: PT017 - it may as well load


@briefly
@given(content=st.one_of(st.binary(max_size=60), mutant((EXAMPLE,))))
def test_a_configuration_of_nonsense_is_a_mistake_of_the_operator(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tried(tmp_path_factory.getbasetemp() / "config.toml", content)


@pytest.mark.parametrize(
    "value", ["true", "-1", "1e999", "nan", '""', "[]", "{}", '"\\u0000"', "1979-05-27"]
)
def test_every_setting_may_be_of_another_type(value: str, tmp_path: Path) -> None:
    lines = EXAMPLE.decode().splitlines()
    for place, line in enumerate(lines):
        name, equals, _ = line.removeprefix("#").strip().partition(" = ")
        if equals and name.isidentifier():
            changed = [*lines[:place], f"{name} = {value}", *lines[place + 1 :]]
            tried(tmp_path / "config.toml", "\n".join(changed).encode())


@pytest.mark.parametrize(
    "content", [b"a=" + deep(20_000), b"\xff", b"[telegram", b"\x00"]
)
def test_a_file_that_is_no_configuration_is_told_as_such(
    content: bytes, tmp_path: Path
) -> None:
    tried(tmp_path / "config.toml", content)
