"""The agent proposes a plan; people talk about it, approve it, or drop it."""

import json
import re

from tests.e2e.conversation.scenes import memory, on
from tests.e2e.conversation.surface import Surface
from tests.messages_reply import Reply, Say, Use


async def _planning(chat: Surface) -> str:
    """A conversation where the agent plans; the file that it is to plan in."""
    chat.parley.extra["PARLEY_PROJECTS__DEFAULT__PERMISSION_MODE"] = "plan"
    await chat.begin()
    await chat.say("SAY[looking around]")
    await chat.answered("looking around")
    sent = json.dumps(chat.parley.api.requests[0].body)
    found = re.search(r"/[^\s\"\\`]*/plans/[^\s\"\\`]*\.md", sent)
    assert found
    return found[0]


def _plans(file: str, words: str) -> list[Reply]:
    return [
        Reply(blocks=[Use("Write", {"file_path": file, "content": words})]),
        Reply(blocks=[Use("ExitPlanMode", {})]),
    ]


def _carries_out(chat: Surface) -> list[Reply]:
    made = str(chat.parley.workspace / "made.txt")
    write = Use("Write", {"file_path": made, "content": "x"})
    return [Reply(blocks=[write]), Reply(blocks=[Say("All done.")])]


async def _shown(chat: Surface, plan: str) -> None:
    await chat.shows(plan)
    await chat.shows("Go ahead with this plan?")
    await chat.offers("Give feedback")


async def test_a_plan_is_changed_by_feedback_and_then_approved(chat: Surface) -> None:
    feedback = 'No hammers; "gently", please'
    file = await _planning(chat)
    chat.parley.api.then(*_plans(file, "Use a hammer"))
    await chat.say("put the picture up")
    await _shown(chat, "Use a hammer")

    chat.parley.api.then(*_plans(file, "Use a thumb"), *_carries_out(chat))
    await chat.press("Give feedback")
    await chat.shows("word for word")
    await chat.say(feedback)
    await _shown(chat, "Use a thumb")
    assert feedback in memory(chat)
    await chat.press("✅ Approve")
    await chat.press("Allow once")

    await chat.answered("All done.")
    assert (chat.parley.workspace / "made.txt").exists()


@on(["telegram"])  # how an approval is passed on is the same for all
async def test_an_approved_plan_may_edit_without_asking(chat: Surface) -> None:
    file = await _planning(chat)
    chat.parley.api.then(*_plans(file, "Use a hammer"), *_carries_out(chat))
    await chat.say("put the picture up")
    await _shown(chat, "Use a hammer")

    await chat.press("Approve and accept edits")

    await chat.answered("All done.")
    await chat.shows("Approved by")
    assert (chat.parley.workspace / "made.txt").exists()
    assert len(chat.parley.rows("SELECT 1 FROM decision")) == 1


@on(["slack"])
async def test_a_plan_nobody_wants_is_dropped(chat: Surface) -> None:
    file = await _planning(chat)
    chat.parley.api.then(*_plans(file, "Use a hammer"))
    await chat.say("put the picture up")
    await _shown(chat, "Use a hammer")

    await chat.press("Stop planning")

    await chat.shows("Planning stopped by")
    await chat.answered("does not want this plan")
