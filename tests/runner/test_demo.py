"""The demo agent works like a real one, without a model or a credential."""

import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from runner.base import Allow, Deny, Prompt, PromptFile, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.demo_runner import COMMAND, demo_runner
from runner.demo_scenes import NOTES, QUESTION
from runner.demo_speech import COMMANDS
from runner.errors import Refused
from runner.events import (
    Noted,
    PermissionRequested,
    Phrase,
    QuestionsAsked,
    SessionStarted,
    TextDelta,
    TextFinished,
    ToolFinished,
    ToolStarted,
    TurnStarted,
)
from tests.claude_cli import parent_environment
from tests.runner.talk import Talk, talking


async def test_it_streams_and_says_first_that_it_is_no_ai(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        end = await talk.turn("hello")
        again = await talk.turn("hello")

    assert [e.turn for e in talk.all(TurnStarted)] == [end.turn, again.turn]
    assert {e.session_id for e in talk.all(SessionStarted)} == {spec.session_id}
    assert end.text.startswith("**This is Parley's demo: a small script, no AI.**")
    assert "no AI" not in again.text
    assert "| **tour** |" in again.text
    assert [e.text for e in talk.all(TextFinished)] == [end.text, again.text]
    assert "".join(e.text for e in talk.all(TextDelta)) == end.text + again.text
    assert len(talk.all(TextDelta)) > 50
    assert (end.stop_reason, end.cost_usd) == ("end_turn", 0.0)


async def test_an_edit_is_made_once_it_is_allowed_and_shows_a_real_difference(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        await talk.turn("edit")
        end = await talk.turn("edit")

    write, edit = talk.all(PermissionRequested)
    assert (write.title, edit.title) == (Phrase("ask-write"), Phrase("ask-edit"))
    assert "+2. A line that the demo added." in edit.body
    assert [e.kind for e in talk.all(ToolStarted)] == ["edit", "edit"]
    written, edited = talk.all(ToolFinished)
    assert written.ok
    assert edited.ok
    assert "+1. A line" in written.output
    assert " 1. A line that the demo added.\n+2. A line" in edited.output
    noted = (spec.workspace / NOTES).read_text().splitlines()
    assert [line[:2] for line in noted[2:]] == ["1.", "2."]
    assert NOTES in end.text


@pytest.mark.parametrize("word", ["edit", "run"])
async def test_what_is_refused_is_not_done_and_the_reason_is_heard(
    demo: ClaudeRunner, spec: SessionSpec, word: str
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = Deny("not on a Friday")
        end = await talk.turn(word)

    assert "not on a Friday" in end.text
    assert [e.ok for e in talk.all(ToolFinished)] == [False]
    assert not list(spec.workspace.iterdir())


async def test_a_command_runs_once_it_is_allowed(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    (spec.workspace / "apples").touch()
    async with talking(demo.open(spec)) as talk:
        end = await talk.turn("run")

    [asked] = talk.all(PermissionRequested)
    assert "ls -l" in asked.body
    assert "apples" in end.text


async def test_edits_allowed_for_the_session_are_not_asked_again_and_nothing_wider(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = Allow(scope="session")
        await talk.turn("edit")
        await talk.turn("edit")
        assert len(talk.all(PermissionRequested)) == 1

        await talk.turn("run")
    assert len(talk.all(PermissionRequested)) == 2
    assert len(talk.all(ToolFinished)) == 3


async def test_tools_that_the_conversation_allows_are_not_asked_for(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(
        demo.open(replace(spec, allowed_tools=("Bash", "Write")))
    ) as talk:
        await talk.turn("run")
        await talk.turn("edit")

    assert not talk.all(PermissionRequested)
    assert [e.ok for e in talk.all(ToolFinished)] == [True, True]


async def test_plan_mode_changes_nothing(demo: ClaudeRunner, spec: SessionSpec) -> None:
    async with talking(demo.open(replace(spec, permission_mode="plan"))) as talk:
        end = await talk.turn("edit")

    assert [e.kind for e in talk.all(Noted)] == ["denied"]
    assert "plan mode" in end.text
    assert not list(spec.workspace.iterdir())


@pytest.mark.parametrize("words", ["Buy milk", 'as "milky" as it gets'])
async def test_the_answer_to_its_question_is_used(
    demo: ClaudeRunner, spec: SessionSpec, words: str
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = Allow(answers={QUESTION: words})
        end = await talk.turn("ask me a question")
        await talk.turn("tour")

    [asked, _] = talk.all(QuestionsAsked)
    [question] = asked.questions
    assert (question.text, len(question.offered)) == (QUESTION, 3)
    assert f"**{words}**" in end.text
    assert f"1. {words}" in (spec.workspace / NOTES).read_text()


async def test_a_question_nobody_answers_is_left_alone(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(demo.open(spec)) as talk:
        talk.answer = Deny("no")
        end = await talk.turn("question")

    assert (end.stop_reason, "did not answer" in end.text) == ("end_turn", True)


async def test_it_says_what_it_offers_and_takes_what_it_is_told(
    demo: ClaudeRunner, spec: SessionSpec
) -> None:
    async with demo.open(spec) as session:
        await session.set_model("opus")
        await session.set_mode("plan")
        talk = Talk(session)
        await talk.turn("hello")
        context, cost = await session.context(), await session.cost_usd()
        with pytest.raises(Refused, match="Unsupported control request"):
            await session.rewind(spec.session_id, dry_run=True)

    assert [model.id for model in session.models] == ["default"]
    assert {"tour", "edit"} <= {command.name for command in session.commands}
    started = talk.all(SessionStarted)[-1]
    assert (started.model, started.permission_mode) == ("opus", "plan")
    assert (context.used, cost) == (0, 0.0)


@pytest.mark.parametrize("name", COMMANDS)
async def test_each_command_it_offers_does_something(
    demo: ClaudeRunner, spec: SessionSpec, name: str
) -> None:
    async with talking(demo.open(spec)) as talk:
        prompt = Prompt(uuid=str(uuid.uuid4()), text="", command=name)
        await talk.session.prompt(prompt)
        end = await talk.finished(prompt.uuid)

    assert end.stop_reason == "end_turn"
    assert "Write one of these words" not in end.text


async def test_files_that_come_with_a_prompt_are_read(
    demo: ClaudeRunner, spec: SessionSpec, tmp_path: Path
) -> None:
    file = tmp_path / 'the "plan".txt'
    file.write_text("one\ntwo\n")
    readable = replace(spec, readable=(tmp_path,))
    async with talking(demo.open(readable)) as talk:
        end = await talk.turn("", files=[PromptFile(file, "text/plain")])

    assert '`the "plan".txt`: 8 characters read' in end.text
    assert not talk.all(PermissionRequested)


async def test_a_file_outside_its_folders_is_asked_for(
    demo: ClaudeRunner, spec: SessionSpec, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hush")
    async with talking(demo.open(spec)) as talk:
        talk.answer = Deny("mine")
        files = [PromptFile(tmp_path / "secret", "text/plain")]
        end = await talk.turn("", files=files)

    assert [e.kind for e in talk.all(PermissionRequested)] == ["read"]
    assert "`secret`: mine" in end.text


async def test_it_needs_no_credential_and_is_given_none(
    tmp_path: Path, home: Path, spec: SessionSpec
) -> None:
    secrets = {"CLAUDE_CODE_OAUTH_TOKEN": "hush", "ANTHROPIC_API_KEY": "hush"}
    demo = demo_runner(
        environ={**parent_environment(home), **secrets},
        state=tmp_path / "state",
        command=(*COMMAND, "--pace=0"),
    )

    facts = await demo.check()
    assert (facts["pays with"], facts["version"]) == (
        "nothing: it is the demo",
        await demo.ready(),
    )
    async with demo.open(spec) as session:
        [guard] = psutil.Process().children()
        [agent] = guard.children()
        assert "hush" not in agent.environ().values()
        assert (await Talk(session).turn("hello")).stop_reason == "end_turn"
    assert not list(home.iterdir())  # it keeps out of Claude Code's own folder


async def test_it_is_small(demo: ClaudeRunner, spec: SessionSpec) -> None:
    async with demo.open(spec) as session:
        await Talk(session).turn("long")
        [guard] = psutil.Process().children()
        [agent] = guard.children()
        assert agent.memory_info().rss < 30 * 2**20


def test_it_starts_with_little_to_load(tmp_path: Path) -> None:
    python, *program = COMMAND
    started = subprocess.run(
        [python, "-X", "importtime", *program, "--version"],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in started.stderr.splitlines()}

    assert "runner.demo" in loaded
    assert loaded.isdisjoint({"asyncio", "http", "logging", "socket", "ssl"})
