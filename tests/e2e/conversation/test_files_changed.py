"""What the agent did to files: shown, and taken back."""

from tests.e2e.conversation.surface import Surface

ONCE = "Allow once"


async def _writes(chat: Surface, name: str) -> None:
    await chat.say(f"WRITE[{chat.parley.workspace / name}]")
    await chat.press(ONCE)
    await chat.until(lambda: (chat.parley.workspace / name).exists())
    await chat.until(lambda: chat.quiet)


async def _runs(chat: Surface, command: str) -> None:
    before = len(chat.parley.api.requests)
    await chat.say(f"RUN[{command}]RUN")
    await chat.press(ONCE)
    await chat.until(lambda: len(chat.parley.api.requests) == before + 2)
    await chat.until(lambda: chat.quiet)


async def test_what_has_changed_is_shown(chat: Surface) -> None:
    await chat.begin()
    (chat.parley.workspace / "was-there.txt").write_text("as ever\n")
    await chat.command("diff")
    await chat.shows("I do not know how things were before")

    await _runs(chat, "echo more >> was-there.txt")
    await chat.command("diff")
    told = await chat.shows("One file changed: +1 −0")
    assert "+more" in told

    await _runs(chat, "seq 1 3000 > many.txt")
    await chat.command("diff")
    await chat.shows("One file changed: +3,000 −0")
    await chat.until(chat.files)
    [(name, data)] = chat.files()
    assert name == "changes.diff"
    assert b"+3000\n" in data

    await chat.say("SAY[nothing]")
    await chat.answered("nothing")
    await chat.command("diff")
    await chat.shows("Nothing has changed.")


async def test_edits_are_taken_back_after_asking_and_what_commands_did_stays(
    chat: Surface,
) -> None:
    await chat.begin()
    workspace = chat.parley.workspace
    await chat.command("undo")
    await chat.shows("There are no edits of this session to take back.")
    await _writes(chat, "first.txt")
    await _writes(chat, "second.txt")
    await _runs(chat, "echo kept > by-command.txt")

    await chat.command("undo")
    asked = await chat.shows("Take back these edits?")
    assert "second.txt" in asked
    assert "first.txt" not in asked
    assert "What commands did is not taken back." in asked
    await chat.press("Leave it")
    await chat.until(lambda: chat.quiet)
    assert (workspace / "second.txt").exists()

    await chat.command("undo")
    await chat.press("Take it back")
    await chat.shows("One file is as before.")
    assert {file.name for file in workspace.iterdir()} == {
        "first.txt",
        "by-command.txt",
    }
    await chat.say("SAY[what now]")
    await chat.answered("what now")
    assert "I have taken back the changes" in chat.parley.api.requests[-1].everything


async def test_undo_goes_further_back_each_time_and_never_forward(
    messenger: Surface,
) -> None:
    chat = messenger  # which edits there are is the agent's record and ours
    await chat.begin()
    for name in ("first.txt", "second.txt"):
        await _writes(chat, name)

    await chat.command("undo")
    await chat.press("Take it back")
    await chat.until(lambda: not (chat.parley.workspace / "second.txt").exists())
    await chat.parley.kill()
    await chat.begin()
    await chat.command("undo")
    await chat.press("Take it back")
    await chat.until(lambda: not (chat.parley.workspace / "first.txt").exists())

    await chat.command("undo")
    await chat.shows("There are no edits of this session to take back.")
    await _writes(chat, "third.txt")
    await chat.command("undo")
    await chat.press("Take it back")
    await chat.until(lambda: not (chat.parley.workspace / "third.txt").exists())
