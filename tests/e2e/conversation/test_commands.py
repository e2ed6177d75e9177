"""What people tell Parley itself, by name and by button."""

import json
from pathlib import Path

from tests.claude_cli import FAKE_KEY
from tests.e2e.conversation.surface import Surface

ONCE = "Allow once"


def _model(chat: Surface) -> str:
    """That answered last."""
    return str(chat.parley.api.requests[-1].body["model"])


def _pids(chat: Surface) -> list[int]:
    return [process.pid for process in chat.parley.agents()]


# --- how things stand ---------------------------------------------------------


async def test_people_hear_how_things_stand(chat: Surface) -> None:
    await chat.begin()

    await chat.command("status")
    resting = await chat.shows("claude is resting")
    assert str(chat.parley.workspace) in resting
    assert "mode: Ask first" in resting
    await chat.command("stop")
    await chat.shows("Nothing is running.")
    await chat.command("nonsense")
    await chat.shows(f"I do not know {chat.sign}nonsense")

    await chat.say("SAY[hello]")
    await chat.answered("hello")
    await chat.command("status")
    ready = await chat.shows("claude is ready")
    assert "% CPU" in ready
    assert "agents up: 1" in ready
    await chat.command("context")
    await chat.shows("The agent’s memory: ")
    await chat.command("cost")
    await chat.shows("this conversation: <$0.01")
    await chat.command("log")
    await chat.shows("One turn")
    await chat.command("help")
    told = await chat.shows("Write to me as you would to a colleague")
    assert f"{chat.sign}worktree" in told
    assert f"{chat.sign}security-review" in told  # the agent's own


async def test_what_waits_is_listed_and_taken_out(chat: Surface) -> None:
    await chat.begin()
    await chat.command("queue")
    await chat.shows("Nothing waits.")
    await chat.say("HOLD[gate] SAY[begun and done]")
    await chat.shows("begun")
    await chat.say("SAY[the second]")
    await chat.say("SAY[the third]")
    await chat.until(lambda: len([x for x in chat.labels() if "Tell it" in x]) == 2)

    await chat.command("queue")
    await chat.shows("2 messages wait")
    await chat.press("✖ SAY[the second]")
    await chat.shows("Taken out of the queue.")
    chat.parley.api.release("gate")

    await chat.answered("the third")
    assert not any("the second" in r.everything for r in chat.parley.api.requests)


async def test_stop_ends_what_runs_and_what_waits(chat: Surface) -> None:
    await chat.begin()
    await chat.say("HOLD[never] SAY[begun and done]")
    await chat.shows("begun")
    await chat.say("SAY[the second]")
    await chat.offers("Tell it now")

    await chat.command("stop")

    await chat.shows("Taken out of the queue.")
    await chat.until(lambda: chat.quiet)
    await chat.say("SAY[the next]")
    await chat.answered("the next")
    assert len(chat.parley.api.requests) == 2


# --- how the agent works ------------------------------------------------------


async def test_another_model_answers_at_once_in_the_same_process(
    chat: Surface,
) -> None:
    await chat.begin()
    await chat.say("SAY[one]")
    await chat.answered("one")
    before = _pids(chat)

    await chat.command("model")
    await chat.press("Sonnet")
    await chat.shows("The model is sonnet from now on.")
    await chat.say("SAY[two]")
    await chat.answered("two")
    assert "sonnet" in _model(chat)

    await chat.command("model opus")
    await chat.shows("The model is opus from now on.")
    await chat.say("SAY[three]")
    await chat.answered("three")
    assert "opus" in _model(chat)
    assert _pids(chat) == before


async def test_a_model_that_there_is_not_is_said_and_another_offered(
    messenger: Surface,
) -> None:
    chat = messenger  # the buttons of a failure are stories of their own
    await chat.begin()
    await chat.command("model nonsense-9")
    await chat.shows("The model is nonsense-9 from now on.")

    await chat.say("FAIL[404]")

    await chat.shows("The chosen model is not available")
    assert _model(chat) == "nonsense-9"
    await chat.press("Choose a model")
    await chat.press("Haiku")
    await chat.shows("The model is haiku from now on.")
    await chat.say("SAY[hello]")
    await chat.answered("hello")
    assert "haiku" in _model(chat)


async def test_a_mode_holds_from_the_next_turn_on(chat: Surface) -> None:
    await chat.begin()
    file = chat.parley.workspace / "new.txt"

    await chat.command("mode")
    await chat.press("Plan only")
    await chat.shows("Mode: Plan only, from now on.")
    await chat.say(f"WRITE[{file}]")
    await chat.answered("Tool said")
    assert not file.exists()

    await chat.command("mode bypassPermissions")
    await chat.shows("The operator does not allow this")
    await chat.command("mode nonsense")
    await chat.shows("There is no mode nonsense.")

    await chat.command("mode accept edits")
    await chat.shows("Mode: Accept edits, from now on.")
    await chat.say(f"WRITE[{file}]")
    await chat.answered("File created successfully")
    assert file.exists()


async def test_permissions_can_be_switched_off_where_the_operator_allows_it(
    messenger: Surface,
) -> None:
    chat = messenger  # the operator's word is the same for every surface
    given = json.loads(chat.parley.environment()["PARLEY_AGENTS__CLAUDE__ENV"])
    chat.parley.extra |= {
        "PARLEY_PROJECTS__DEFAULT__ALLOW_BYPASS": "true",
        # As root, the agent wants to know that nothing can be hurt here.
        "PARLEY_AGENTS__CLAUDE__ENV": json.dumps({**given, "IS_SANDBOX": "1"}),
    }
    await chat.begin()

    await chat.command("mode")
    await chat.press("No permissions")
    await chat.shows("Mode: No permissions, from now on.")
    await chat.say("RUN[touch made]RUN")

    await chat.answered("Tool said")
    assert (chat.parley.workspace / "made").exists()


async def test_effort_changes_and_the_agent_remembers_until_it_sums_up(
    chat: Surface,
) -> None:
    await chat.begin()
    await chat.say("SAY[the first words]")
    await chat.answered("the first words")
    before = _pids(chat)

    await chat.command("effort")
    await chat.press("high")
    await chat.shows("Effort: high, from the next turn on.")
    await chat.say("SAY[the second words]")
    await chat.answered("the second words")
    assert _pids(chat) != before
    [agent] = chat.parley.agents()
    assert "--effort high" in " ".join(agent.cmdline())
    assert "the first words" in chat.parley.api.requests[-1].everything

    await chat.command("compact")
    await chat.answered("The conversation so far was summed up.")
    await chat.say("SAY[the third words]")
    await chat.answered("the third words")
    assert "the first words" not in chat.parley.api.requests[-1].everything


# --- what the agent may do, and what it offers --------------------------------


async def test_what_is_always_allowed_is_listed_and_revoked(chat: Surface) -> None:
    await chat.begin()
    await chat.command("rules")
    await chat.shows("Nothing is always allowed in")
    await chat.say("RUN[touch a b]RUN")
    await chat.press("Always: Bash(touch a b)")
    await chat.answered("Tool said")

    await chat.say("RUN[touch a b]RUN\nagain")
    await chat.until(lambda: len(chat.parley.api.requests) == 4)
    await chat.until(lambda: chat.quiet)

    await chat.command("rules")
    await chat.press("Revoke Bash(touch a b)")
    await chat.shows("Not always allowed any more")
    await chat.say("RUN[touch a b]RUN\nonce more")
    await chat.press(ONCE)
    await chat.until(lambda: len(chat.parley.api.requests) == 6)


async def test_a_command_of_ones_own_is_passed_on_as_it_was_written(
    chat: Surface,
) -> None:
    folder = chat.parley.home / ".claude" / "commands"
    folder.mkdir(parents=True)
    (folder / "greet.md").write_text("SAY[greeted] with $ARGUMENTS")
    await chat.begin()

    await chat.command("greet @/etc/hostname and you")

    await chat.answered("greeted")
    [request] = chat.parley.api.requests
    assert "/etc/hostname and you" in request.everything
    assert Path("/etc/hostname").read_text().strip() not in " ".join(request.texts)


async def test_raw_lines_are_kept_on_request_without_secrets(
    messenger: Surface,
) -> None:
    chat = messenger  # what is kept is the same wherever it was asked for
    await chat.begin()
    await chat.command("debug")
    await chat.press("On")
    told = await chat.shows("raw lines are kept in")

    await chat.say(f"SAY[the key is {FAKE_KEY}]")
    await chat.answered("the key is")

    [kept] = chat.parley.state.glob("conversations/*/raw.jsonl")
    assert str(kept) in told
    lines = kept.read_text()
    assert "the key is" in lines
    assert FAKE_KEY not in lines
    await chat.command("debug off")
    await chat.shows("Raw lines are not kept any more.")
