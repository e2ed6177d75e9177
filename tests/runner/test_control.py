"""What a session is asked beside its turns, with the real `claude`."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import SessionSpec
from runner.claude_control import commands, context
from runner.claude_runner import ClaudeRunner
from runner.errors import Refused, RunnerError
from runner.events import (
    AgentCommand,
    PermissionRequested,
    SessionStarted,
    TextFinished,
    ToolFinished,
)
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say, Use
from tests.runner.talk import Talk, talking


async def test_a_session_says_what_it_offers(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(spec) as session:
        models = {model.id: model.name for model in session.models}
        offered = {command.name: command for command in session.commands}
        Path(f"/proc/{session.pid}").stat()

    assert models["haiku"] == "Haiku"
    assert offered["compact"].hint
    assert "clear" not in offered


async def test_a_model_is_used_from_the_next_call_on(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.session.set_model("haiku")
        await talk.turn("SAY[one]")
        await talk.session.set_model("")
        await talk.turn("SAY[two]")

    haiku, usual = (request.body["model"] for request in api.requests)
    assert "haiku" in haiku
    assert "haiku" not in usual
    assert [e.model for e in talk.all(SessionStarted)] == [haiku, usual]


async def test_a_mode_holds_at_once(runner: ClaudeRunner, spec: SessionSpec) -> None:
    async with talking(runner.open(spec)) as talk:
        await talk.turn("SAY[hi]")
        await talk.session.set_mode("acceptEdits")
        told = await talk.until(SessionStarted)
        await talk.turn(f"WRITE[{spec.workspace}/made]")
        with pytest.raises(Refused) as refused:
            await talk.session.set_mode("bypassPermissions")

        await talk.session.set_mode("plan")
        await talk.turn(f"WRITE[{spec.workspace}/unmade]")

    assert "bypassPermissions" in str(refused.value.phrase.values["words"])
    assert told.permission_mode == "acceptEdits"
    assert talk.all(PermissionRequested) == []
    assert (spec.workspace / "made").exists()
    assert not (spec.workspace / "unmade").exists()


async def test_it_says_how_full_and_how_expensive_it_is(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    api.then(
        Reply(blocks=[Use("Bash", {"command": "ls"})]),
        Reply(blocks=[Say("and so on")], hold="gate"),
    )
    async with talking(runner.open(spec)) as talk:
        assert await talk.session.cost_usd() == 0
        id_ = await talk.prompt("go")
        await talk.until(ToolFinished)
        during = await talk.session.cost_usd()
        await talk.session.interrupt()
        end = await talk.finished(id_)
        full = await talk.session.context()

    assert during > 0
    assert end.cost_usd
    assert 0 < full.used < full.limit
    assert sum(tokens for _, tokens in full.parts) == full.used
    assert "Free space" not in dict(full.parts)


async def test_edits_are_taken_back_also_by_a_later_process(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    made, ran = spec.workspace / "made", spec.workspace / "ran"
    async with talking(runner.open(spec)) as talk:
        edited = (await talk.turn(f"WRITE[{made}]")).turn
        await talk.turn("RUN[touch ran]RUN")
    assert edited

    async with runner.open(replace(spec, begun=True)) as session:
        rehearsed = await session.rewind(edited, dry_run=True)
        assert made.exists()
        done = await session.rewind(edited, dry_run=False)
        never = await session.rewind(str(uuid.uuid4()), dry_run=False)

    assert rehearsed == done
    assert (done.possible, done.files) == (True, (str(made),))
    assert (done.insertions, done.deletions) == (0, 1)
    assert not made.exists()
    assert ran.exists()  # what commands did stays
    assert not never.possible
    assert never.why


async def test_an_agent_that_is_gone_refuses(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(spec) as session:
        pass

    with pytest.raises(Refused) as refused:
        await session.context()
    assert refused.value.phrase.key == "session-over"


async def test_an_effort_it_does_not_know_is_only_ignored(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with runner.open(replace(spec, effort="nonsense")) as session:
        assert (await Talk(session).turn("SAY[fine]")).text == "fine"


async def test_a_session_begins_with_the_memory_of_another(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages, tmp_path: Path
) -> None:
    async with runner.open(spec) as session:
        await Talk(session).turn("SAY[before]")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for workspace in (spec.workspace, elsewhere):
        fork = SessionSpec(
            session_id=str(uuid.uuid4()),
            workspace=workspace,
            fork_of=spec.session_id,
        )
        async with talking(runner.open(fork)) as talk:
            await talk.turn("SAY[after]")
        assert talk.all(SessionStarted)[0].session_id == fork.session_id
        assert "SAY[before]" in api.requests[-1].everything

    async with runner.open(replace(spec, begun=True)) as session:
        await Talk(session).turn("SAY[meanwhile]")
    assert "SAY[after]" not in api.requests[-1].everything


async def test_a_fork_of_nothing_does_not_start(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    with pytest.raises(RunnerError):
        async with runner.open(replace(spec, fork_of=str(uuid.uuid4()))):
            pass


@pytest.fixture
def greet(home: Path) -> None:
    """A command of the operator's own."""
    folder = home / ".claude" / "commands"
    folder.mkdir(parents=True)
    (folder / "greet.md").write_text("Greet $ARGUMENTS now.\n")


@pytest.mark.usefixtures("greet")
async def test_a_command_of_the_agents_runs_with_its_argument(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        assert "greet" in {command.name for command in talk.session.commands}
        end = await talk.turn("Ada", command="greet")

    assert end.stop_reason == "end_turn"
    assert "Greet Ada now." in "\n".join(api.requests[0].texts)


@pytest.mark.usefixtures("greet")
@pytest.mark.parametrize("command", ["greet", "verify", "compact"])
async def test_an_argument_brings_no_file_along(
    runner: ClaudeRunner,
    spec: SessionSpec,
    api: FakeMessages,
    tmp_path: Path,
    command: str,
) -> None:
    """Without what is put behind each `@`, the first two would read it."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the words in the file")
    async with talking(runner.open(spec)) as talk:
        for shape in ("@{}", '@"{}"', "see @{} there", "first\n@{}"):
            await talk.turn("SAY[one]")
            await talk.turn(shape.format(secret), command=command)

    assert len(api.requests) >= 8
    assert not any(secret.read_text() in request.everything for request in api.requests)


async def test_a_command_that_asks_no_model_ends_like_any_turn(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with talking(runner.open(spec)) as talk:
        end = await talk.turn("", command="context")

    assert (end.stop_reason, api.requests) == ("end_turn", [])
    assert "Context Usage" in talk.all(TextFinished)[0].text


async def test_summing_up_ends_well_and_says_so_if_there_is_nothing(
    runner: ClaudeRunner, spec: SessionSpec, home: Path
) -> None:
    async with talking(runner.open(spec)) as talk:
        nothing = await talk.turn("", command="compact")
        await talk.turn("SAY[one]")
        end = await talk.turn("keep the names", command="compact")

    assert (nothing.stop_reason, end.stop_reason) == ("end_turn", "end_turn")
    assert "to compact" in talk.all(TextFinished)[0].text
    assert end.cause is None
    [file] = home.glob(".claude/projects/*/*.jsonl")
    assert f'"uuid":"{end.turn}"' in file.read_text()  # found again after a crash


def test_only_commands_for_chats_are_offered() -> None:
    given = [
        {"name": "greet", "description": "says\n hello", "argumentHint": "[who]"},
        {"name": "clear", "description": "a new session under our feet"},
        {"name": "__internal"},
        {"name": "two words"},
        {},
    ]

    assert commands(given) == (AgentCommand("greet", "says hello", "[who]"),)


def test_what_an_older_agent_does_not_mark_is_known_by_name() -> None:
    usage = {
        "totalTokens": 12,
        "maxTokens": 100,
        "categories": [
            {"name": "Messages", "tokens": 12},
            {"name": "Free space", "tokens": 88},
            {"name": "Later", "tokens": 5, "isDeferred": True},
        ],
    }

    assert context(usage).parts == (("Messages", 12),)
