"""Long answers are several messages that read well."""

import asyncio
from dataclasses import replace

import pytest

from adapters.outbox import Outbox
from adapters.slack.draw import CADENCE, lane_of
from adapters.slack.split import seam
from adapters.views import Said
from tests.adapters.kills import PaperScreen
from tests.adapters.slack.drawing import (
    ANSWER,
    BEGUN,
    DONE,
    TEST,
    flat,
    long_answer,
    stream,
)
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer
from tests.virtual_time import in_virtual_time, ticks

pytestmark = pytest.mark.usefixtures("quiet")


@pytest.mark.parametrize("stream_bytes", [10_600, 5_000, 2_000])
def test_a_long_answer_is_several_messages_that_read_well(stream_bytes: int) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(stream_bytes=stream_bytes), PaperScreen()
        answer = long_answer(30_000)

        await stream(drawer(slack, screen), answer)

        messages = list(slack.messages.values())
        assert flat("\n".join(m.text for m in messages)) == flat(answer)
        assert all(seam(m.text, "")[0] == "" for m in messages)
        assert all(m.bytes <= stream_bytes for m in messages)
        assert not any(m.streaming for m in messages)
        assert screen.done == ["t1"]

    scene()


@in_virtual_time
async def test_prose_is_cut_at_paragraphs_and_loses_nothing_but_them() -> None:
    slack = PaperSlack()
    paragraphs = [f"Paragraph {n} " + "of many words " * 40 for n in range(60)]
    answer = "\n\n".join(paragraphs).rstrip()

    await stream(drawer(slack, PaperScreen()), answer, pieces=97)

    assert "".join(m.text for m in slack.messages.values()) == answer
    assert all(text.startswith("Paragraph") for text in slack.texts)


@in_virtual_time
async def test_a_stream_is_ended_before_slack_ends_it() -> None:
    slack, screen = PaperSlack(), PaperScreen()
    outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
    task = asyncio.create_task(outbox.run(drawer(slack, screen)))

    outbox.put(THREAD, replace(BEGUN, parts=(Said("It takes long."), TEST)))
    await asyncio.sleep(1000)
    parts = (Said("It takes long."), replace(TEST, ok=True), Said(ANSWER))
    outbox.put(THREAD, replace(DONE, parts=parts))
    await outbox.flush()
    task.cancel()
    await asyncio.wait([task])

    assert "update" not in slack.methods
    assert len(slack.messages) == 4 + 1
    assert "".join(m.text for m in slack.messages.values()) == (
        f"It takes long.{ANSWER}"
    )
    assert [m.cards["s1"]["status"] for m in slack.messages.values()] == (
        ["complete"] * 5
    )
