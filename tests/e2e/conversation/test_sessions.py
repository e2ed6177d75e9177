"""What the agent remembers: new, resume, fork, and in which project."""

import asyncio
import re
from pathlib import Path

from tests.claude_cli import FAKE_KEY, claude_binary
from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import Program


def _known(chat: Surface) -> str:
    """All that the model was told at its last answer."""
    return chat.parley.api.requests[-1].everything


async def _at_the_terminal(program: Program, words: str) -> None:
    """Somebody works in the same project with `claude` itself."""
    process = await asyncio.create_subprocess_exec(
        *(str(claude_binary()), "-p", words),
        cwd=program.workspace,
        env={
            "HOME": str(program.home),
            "PATH": program.environment()["PATH"],
            "ANTHROPIC_BASE_URL": program.api.url,
            "ANTHROPIC_API_KEY": FAKE_KEY,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def test_a_new_conversation_knows_nothing_and_an_old_one_everything(
    chat: Surface,
) -> None:
    await chat.begin()
    await chat.command("sessions")
    await chat.shows("There are no other sessions in this project.")
    await chat.command("fork")
    await chat.shows("There is nothing to copy yet.")
    await chat.say("SAY[old words]")
    await chat.answered("old words")

    await chat.command("new")
    await chat.shows("A new conversation: nothing before this is known.")
    await chat.say("SAY[new words]")
    await chat.answered("new words")
    assert "old words" not in _known(chat)

    await chat.command("resume")
    await chat.shows("Which session?")
    await chat.press("old words")
    await chat.shows("We go on with “SAY[old words]”.")
    await chat.say("SAY[more words]")
    await chat.answered("more words")
    assert "old words" in _known(chat)
    assert "new words" not in _known(chat)

    await chat.command("fork")
    await chat.shows("We go on in a copy")


async def test_a_session_begun_at_the_terminal_goes_on_here(
    messenger: Surface,
) -> None:
    chat = messenger  # the list comes from the agent's own records, not from a surface
    await _at_the_terminal(chat.parley, "SAY[said at the terminal]")
    await chat.begin()

    await chat.command("sessions")
    await chat.press("said at the terminal")
    await chat.shows("We go on with")
    await chat.say("SAY[said here]")

    await chat.answered("said here")
    assert "said at the terminal" in _known(chat)


async def test_a_copy_goes_its_own_way(messenger: Surface) -> None:
    chat = messenger  # that there is one is said on every surface, above
    await chat.begin()
    await chat.say("SAY[in both]")
    await chat.answered("in both")

    await chat.command("fork")
    await chat.shows("We go on in a copy")
    await chat.say("SAY[in the copy]")
    await chat.answered("in the copy")
    assert "in both" in _known(chat)

    await chat.command("sessions")
    await chat.press("in both")
    await chat.shows("We go on with")
    await chat.say("SAY[in the old one]")
    await chat.answered("in the old one")
    assert "in both" in _known(chat)
    assert "in the copy" not in _known(chat)


async def test_a_session_that_is_open_elsewhere_is_copied_not_shared(
    messenger: Surface,
) -> None:
    chat = messenger  # a second conversation is a second thread
    assert isinstance(chat, OnSlack)
    await chat.begin()
    await chat.say("SAY[in the first thread]")
    await chat.answered("in the first thread")
    first, chat.root = chat.root, None
    await chat.say("SAY[in the second thread]")
    await chat.answered("in the second thread")

    await chat.command("resume")
    await chat.press("in the first thread")
    await chat.shows("is open in another conversation")
    await chat.press("Go on in a copy")
    await chat.shows("We go on in a copy")
    await chat.say("SAY[in the copy]")
    await chat.answered("in the copy")
    assert "in the first thread" in _known(chat)

    chat.root = first
    await chat.say("SAY[still mine]")
    await chat.answered("still mine")
    assert "in the first thread" in _known(chat)
    assert "in the copy" not in _known(chat)


async def test_a_session_may_not_change_while_something_runs(
    messenger: Surface,
) -> None:
    chat = messenger  # decided before any surface has a part in it
    await chat.begin()
    await chat.say("HOLD[gate] SAY[begun and done]")
    await chat.shows("begun")

    for order in ("fork", "undo", "worktree apart", "project other"):
        await chat.command(order)
    await chat.until(
        lambda: sum("Something is running" in text for text in chat.texts()) == 3
    )
    await chat.shows("There is no project other.")
    chat.parley.api.release("gate")

    await chat.answered("begun and done")


async def test_people_choose_the_project(chat: Surface, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    chat.parley.extra["PARLEY_PROJECTS__OTHER__PATH"] = str(other)
    await chat.begin()

    await chat.command("project")
    await chat.shows("Project: default")
    await chat.press("other")
    await chat.shows("A new conversation, in the project other.")
    await chat.say("SAY[hello]")
    await chat.answered("hello")
    assert [agent.cwd() for agent in chat.parley.agents()] == [str(other)]

    await chat.command("new nowhere")
    told = await chat.shows("There is no project nowhere.")
    assert re.search(r"default.*other|other.*default", told)
    await chat.command("new default")
    await chat.shows("A new conversation, in the project default.")
    await chat.say("SAY[hello again]")
    await chat.answered("hello again")
    workspace = str(chat.parley.workspace)
    assert [agent.cwd() for agent in chat.parley.agents()] == [workspace]


async def test_a_conversation_is_the_same_after_a_restart(
    messenger: Surface,
) -> None:
    chat = messenger  # settings are rows: no surface has a part in them
    await chat.begin()
    await chat.command("model haiku")
    await chat.shows("The model is haiku from now on.")
    await chat.command("effort low")
    await chat.shows("Effort: low")
    await chat.say("SAY[before]")
    await chat.answered("before")

    await chat.parley.kill()
    await chat.begin()
    await chat.say("SAY[after]")
    await chat.answered("after")

    assert "before" in _known(chat)
    assert "haiku" in chat.parley.api.requests[-1].body["model"]
    [agent] = chat.parley.agents()
    assert "--effort low" in " ".join(agent.cmdline())
