"""Sessions that are resumed or forked: found, elsewhere, or gone."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.errors import RunnerError, SessionElsewhere, SessionGone
from runner.session_file import find
from tests.claude_cli import parent_environment
from tests.messages_api import FakeMessages
from tests.runner.bridge import Fakes
from tests.runner.talk import Talk


async def said(runner: ClaudeRunner, spec: SessionSpec, text: str) -> None:
    async with runner.open(spec) as session:
        assert (await Talk(session).turn(f"SAY[{text}]")).text == text


def record(spec: SessionSpec, home: Path) -> Path:
    file = find(spec.session_id, parent_environment(home))
    assert file
    return file


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    folder = tmp_path / "café 😀" / "elsewhere"
    folder.mkdir(parents=True)
    return folder


async def test_a_session_that_had_begun_and_left_no_record_is_gone(
    runner: ClaudeRunner, spec: SessionSpec, home: Path, api: FakeMessages
) -> None:
    await said(runner, spec, "remember this")
    record(spec, home).unlink()

    with pytest.raises(SessionGone):
        await said(runner, replace(spec, begun=True), "what was it?")

    assert len(api.requests) == 1
    await said(runner, spec, "begun anew, since nobody said that it had begun")


async def test_a_record_without_a_word_in_it_is_gone_too_but_may_begin(
    runner: ClaudeRunner, spec: SessionSpec, home: Path
) -> None:
    await said(runner, spec, "x")
    record(spec, home).write_text('{"type":"mode"}\n')

    with pytest.raises(SessionGone):
        await said(runner, replace(spec, begun=True), "y")
    await said(runner, spec, "z")


async def test_it_is_resumed_in_another_workspace_with_all_it_knows(
    runner: ClaudeRunner,
    spec: SessionSpec,
    elsewhere: Path,
    home: Path,
    api: FakeMessages,
) -> None:
    await said(runner, spec, "begun here")
    moved = replace(spec, workspace=elsewhere, begun=True)

    await said(runner, moved, "and there")
    await said(runner, replace(spec, begun=True), "and here again")

    assert "begun here" in api.requests[1].everything
    assert "and there" in api.requests[2].everything
    assert record(spec, home) == record(moved, home)


@pytest.mark.parametrize("moved", [False, True])
async def test_a_fork_remembers_and_leaves_the_original_alone(
    runner: ClaudeRunner,
    spec: SessionSpec,
    elsewhere: Path,
    api: FakeMessages,
    moved: bool,
) -> None:
    await said(runner, spec, "common past")
    fork = replace(
        spec,
        session_id=str(uuid.uuid4()),
        fork_of=spec.session_id,
        workspace=elsewhere if moved else spec.workspace,
    )

    await said(runner, fork, "only in the fork")
    await said(runner, replace(fork, begun=True), "resumed, not forked again")
    await said(runner, spec, "only in the original")

    assert "common past" in api.requests[1].everything
    assert "only in the fork" in api.requests[2].everything
    assert "only in the fork" not in api.requests[3].everything


async def test_a_fork_of_a_session_that_is_lost_is_gone(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    with pytest.raises(SessionGone):
        await said(runner, replace(spec, fork_of=str(uuid.uuid4())), "x")


# --- agents that do not do what is expected of them -----------------------------------


def recorded(spec: SessionSpec, home: Path, folder: str) -> None:
    projects = home / ".claude" / "projects" / folder
    projects.mkdir(parents=True)
    entry = '{"type":"user","cwd":"/srv/other","message":{"content":"hi"}}\n'
    (projects / f"{spec.session_id}.jsonl").write_text(entry)


async def test_an_agent_that_resumes_only_where_it_began_tells_where(
    fakes: Fakes, spec: SessionSpec, home: Path
) -> None:
    recorded(spec, home, "-srv-other")

    with pytest.raises(SessionElsewhere) as problem:
        async with fakes("lost").open(replace(spec, begun=True)):
            pass

    assert problem.value.phrase.values == {"folder": "/srv/other"}


async def test_an_agent_that_cannot_find_its_own_record_has_lost_the_session(
    fakes: Fakes, spec: SessionSpec, home: Path
) -> None:
    folder = "".join(c if c.isalnum() else "-" for c in str(spec.workspace.resolve()))
    recorded(spec, home, folder)

    with pytest.raises(SessionGone):
        async with fakes("lost").open(replace(spec, begun=True)):
            pass


async def test_another_failure_at_the_start_does_not_pass_for_a_lost_session(
    fakes: Fakes, spec: SessionSpec, home: Path
) -> None:
    recorded(spec, home, "-srv-other")

    with pytest.raises(RunnerError, match="no such option") as problem:
        async with fakes("refuse").open(replace(spec, begun=True)):
            pass

    assert not isinstance(problem.value, SessionGone | SessionElsewhere)
