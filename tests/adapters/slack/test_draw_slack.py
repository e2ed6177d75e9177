"""The drawer, the client and a strict Slack together, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adapters.base import AdapterError, Busy
from adapters.inbound import Address, MessageRef
from adapters.slack.api import SlackApi
from adapters.slack.draw import Drawer
from adapters.slack.split import seam
from adapters.views import (
    Notice,
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
    View,
)
from tests.adapters.kills import PaperScreen
from tests.slack_server import ADA, TEAM, FakeSlack, Message

RUN = Step("s1", "Run npm test", "execute")
ANSWER = "\n\n".join(
    f"Paragraph {number} " + "of some words " * 30 for number in range(60)
).rstrip()


class Scene:
    """One thread of Ada's; time passes fast for the rate limits."""

    def __init__(self, slack: FakeSlack, api: SlackApi, asked: Message) -> None:
        self.slack, self.api, self.asked = slack, api, asked
        self.address = Address("slack", asked.channel, asked.ts, TEAM)
        self.screen = PaperScreen()
        self.turn = TurnView(
            id="t1",
            status=TurnStatus.RUNNING,
            reply_to=MessageRef(asked.ts),
            for_id=ADA,
            started_at=0.0,
        )

    async def pen(self) -> Drawer:
        me = await self.api.me()
        spawn = asyncio.create_task
        return Drawer(self.api, self.screen, me, spawn=spawn, now=lambda: 5.0)

    async def bring(self, pen: Drawer, view: View) -> None:
        """Draw until it is shown, whatever comes in between."""
        for _ in range(60):
            try:
                if await pen.draw(self.address, view):
                    return
            except Busy as busy:
                await asyncio.sleep(busy.wait_s / 1000)
            except AdapterError:
                pass
        raise AssertionError("it never ends")

    def done(self, *parts: Said | Step) -> TurnView:
        return replace(self.turn, status=TurnStatus.DONE, parts=parts, ended_at=5.0)

    @property
    def replies(self) -> list[Message]:
        return self.slack.thread(self.asked)[1:]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    def fast() -> float:
        return asyncio.get_running_loop().time() * 1000

    async with (
        FakeSlack() as slack,
        SlackApi(slack.bot_token, slack.api_base, now=fast) as api,
    ):
        asked = slack.say(f"<@{slack.bot_user}> go", channel=slack.general)
        yield Scene(slack, api, asked)


async def test_a_whole_turn_is_what_slack_takes(scene: Scene) -> None:
    pen, turn = await scene.pen(), scene.turn
    said = Said("I need to run it.")
    question = QuestionView(
        id="q1", turn_id="t1", title="May I?", options=(Option("yes", "Yes"),)
    )

    await scene.bring(pen, replace(turn, status=TurnStatus.QUEUED, prompt="go"))
    await scene.bring(pen, replace(turn, parts=(said, RUN)))
    await scene.bring(pen, replace(turn, parts=(said, RUN), status=TurnStatus.WAITING))
    await scene.bring(pen, question)
    await scene.bring(pen, replace(question, status=QuestionStatus.DECIDED))
    await scene.bring(pen, scene.done(said, replace(RUN, ok=True), Said(ANSWER)))
    await scene.bring(pen, Notice(id="n1", text=ANSWER, only_for=ADA))

    assert scene.slack.refusals == []
    assert scene.slack.live_pings == []
    first, _, *rest = scene.replies
    assert first.stream_text == "I need to run it."
    assert "".join(message.stream_text for message in rest) == ANSWER
    assert "✓ 5 s" in rest[-1].text
    assert not any(message.streaming for message in scene.replies)
    assert scene.slack.status(scene.asked) == "active"
    assert sorted(scene.screen.done) == ["n1", "q1", "t1"]


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        ("drop_after", "chat[.]startStream"),
        ("drop_after", "chat[.]appendStream"),
        ("drop_after", "chat[.]stopStream"),
        ("drop_before", "chat[.]appendStream"),
        ("5xx", "chat[.]stopStream"),
        ("429", "chat[.]appendStream"),
    ],
)
async def test_whatever_goes_wrong_once_every_word_is_there_once(
    scene: Scene, fault: str, method: str
) -> None:
    scene.slack.fail(method, 1, fault)  # type: ignore[arg-type]
    pen = await scene.pen()

    for words in (100, 4_000, 9_000, 14_000):
        part = Said(ANSWER[:words], complete=False)
        await scene.bring(pen, replace(scene.turn, parts=(part,)))
    await scene.bring(pen, scene.done(Said(ANSWER)))

    assert scene.slack.refusals == []
    shown = "".join("".join(reply.text for reply in scene.replies).split())
    for number in range(60):
        assert shown.count(f"Paragraph{number}of") == 1
    assert not any(reply.streaming for reply in scene.replies)
    assert scene.screen.done == ["t1"]


async def test_a_slack_that_takes_half_as_much_is_learned(scene: Scene) -> None:
    scene.slack.options.stream_bytes = 5_000
    pen = await scene.pen()

    await scene.bring(pen, replace(scene.turn, parts=(Said(ANSWER, complete=False),)))
    await scene.bring(pen, scene.done(Said(ANSWER)))

    assert scene.slack.refusals == []
    assert "".join(reply.stream_text for reply in scene.replies) == ANSWER
    assert all(seam(reply.stream_text, "")[0] == "" for reply in scene.replies)


async def test_streams_that_slack_ended_are_repaired(scene: Scene) -> None:
    pen = await scene.pen()

    await scene.bring(pen, replace(scene.turn, parts=(Said("One, ", complete=False),)))
    scene.slack.expire_streams()
    await scene.bring(pen, replace(scene.turn, parts=(Said("One, two, ", False),)))
    scene.slack.expire_streams()
    await scene.bring(pen, scene.done(Said("One, two, three")))

    assert scene.slack.refusals == []
    shown = " ".join(" ".join(reply.text for reply in scene.replies).split())
    assert shown == "One, two, three ✓ 5 s"


async def test_the_next_run_ends_what_a_killed_one_streamed(scene: Scene) -> None:
    await scene.bring(
        await scene.pen(), replace(scene.turn, parts=(Said("One,", complete=False),))
    )
    scene.screen.rows[scene.address, "t1"]["s0"] = None  # it was not told in time

    await scene.bring(await scene.pen(), scene.done(Said("One, two")))

    (reply,) = scene.replies
    assert not reply.streaming
    assert reply.text.split() == ["One,", "two", "✓", "5", "s"]


async def test_a_workspace_with_neither_streams_nor_agents_sees_it_all(
    scene: Scene,
) -> None:
    scene.slack.options.streams = "unknown_method"
    scene.slack.options.agent = False
    pen = await scene.pen()

    await scene.bring(pen, replace(scene.turn, parts=(Said(ANSWER, complete=False),)))
    await scene.bring(pen, scene.done(Said(ANSWER)))

    assert scene.slack.refusals == []
    assert not pen.native
    files = [file.data.decode() for reply in scene.replies for file in reply.files]
    shown = "".join([reply.text for reply in scene.replies] + files)
    assert "Paragraph 59" in shown
    assert scene.screen.done == ["t1"]
