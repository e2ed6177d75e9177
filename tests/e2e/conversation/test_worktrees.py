"""A conversation on a branch of its own, from its beginning to its end."""

import os
import subprocess
from pathlib import Path

from tests.e2e.conversation.surface import Surface

ONCE = "Allow once"


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    return subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def _repository(folder: Path) -> None:
    """On main, with one commit, and a change that is in none."""
    git(folder, "init", "-q", "-b", "main")
    (folder / "kept.txt").write_text("committed\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "draft.txt").write_text("not committed\n")


async def _works(chat: Surface) -> Path:
    """Where its agent is."""
    before = len(chat.parley.api.requests)
    await chat.say("RUN[pwd]RUN")
    await chat.until(lambda: len(chat.parley.api.requests) == before + 2)
    await chat.until(lambda: chat.quiet)
    [agent] = chat.parley.agents()
    return Path(agent.cwd())


async def _makes(chat: Surface, name: str) -> None:
    before = len(chat.parley.api.requests)
    await chat.say(f"RUN[echo made > {name}]RUN")
    await chat.press(ONCE)
    await chat.until(lambda: len(chat.parley.api.requests) == before + 2)
    await chat.until(lambda: chat.quiet)


async def test_work_on_a_branch_is_seen_and_merged(chat: Surface) -> None:
    workspace = chat.parley.workspace
    _repository(workspace)
    await chat.begin()
    await chat.say("SAY[before all this]")
    await chat.answered("before all this")

    await chat.command("worktree fix the login")
    told = await chat.shows("parley/fix-the-login")
    assert "One file with changes that are in no commit stays" in told
    await _makes(chat, "new.txt")
    assert "before all this" in chat.parley.api.requests[-1].everything
    assert not (workspace / "new.txt").exists()
    assert await _works(chat) != workspace

    await chat.command("worktree")
    await chat.shows("one file not committed")
    await chat.press("Show the changes")
    assert "+made" in await chat.shows("One file changed: +1 −0")
    await chat.command("worktree remove")
    await chat.shows("was not removed, because work would be lost")
    await chat.command("worktree")
    await chat.press("Merge")

    await chat.shows("Merged into")
    assert (workspace / "new.txt").read_text() == "made\n"
    assert (workspace / "draft.txt").exists()
    assert git(workspace, "branch", "--format=%(refname:short)") == "main"
    assert await _works(chat) == workspace
    assert "before all this" in chat.parley.api.requests[-1].everything


async def test_a_branch_is_kept_for_people(messenger: Surface) -> None:
    chat = messenger  # what git does is the same wherever it was asked for
    workspace = chat.parley.workspace
    _repository(workspace)
    await chat.begin()
    await chat.command("worktree fix")
    await chat.shows("on the branch")
    await _makes(chat, "new.txt")

    await chat.command("worktree other")
    await chat.shows("works on the branch `parley/fix` already")
    await chat.command("worktree list")
    await chat.shows("`parley/fix` (default): in use")
    await chat.command("worktree keep")

    await chat.shows("All of it is on the branch `parley/fix`")
    assert git(workspace, "show", "parley/fix:new.txt") == "made"
    assert not (workspace / "new.txt").exists()
    assert await _works(chat) == workspace
    await chat.command("worktree keep")
    await chat.shows("This conversation works in the project’s own folder.")


async def test_what_is_left_over_is_listed_and_cleared_away(
    messenger: Surface,
) -> None:
    chat = messenger  # likewise
    _repository(chat.parley.workspace)
    await chat.begin()
    await chat.command("worktree list")
    await chat.shows("There are no worktrees.")
    for name in ("empty", "full"):
        await chat.command(f"worktree {name}")
        await chat.shows(f"parley/{name}")
        if name == "full":
            await _makes(chat, "new.txt")
        await chat.command("new default")
        await chat.until(lambda: chat.texts()[-1].startswith("A new conversation"))

    for note in (chat.parley.state / "worktrees").glob("*/*.json"):
        os.utime(note, (0, 0))  # what was just made may be about to be taken

    await chat.command("worktree list")
    told = await chat.shows("`parley/empty` (default): left over, nothing")
    assert "`parley/full` (default): left over, with work that is nowhere" in told
    await chat.command("worktree prune")
    await chat.shows("One left-over worktree is cleared away.")
    await chat.command("worktree prune")
    await chat.shows("There was nothing to clear away.")
    [left] = (chat.parley.state / "worktrees").rglob("new.txt")
    assert left.read_text() == "made\n"


async def test_without_git_there_is_no_branch(messenger: Surface) -> None:
    chat = messenger  # likewise
    await chat.begin()

    await chat.command("worktree fix")

    await chat.shows("This folder is not in a git repository.")
    await chat.say("SAY[still here]")
    await chat.answered("still here")
