"""How a thread stands is seen where its first message is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from adapters.base import Unavailable
from adapters.inbound import Address, MessageRef
from adapters.retry import for_ever
from adapters.slack.api import SlackApi
from adapters.slack.render import root_blocks
from adapters.slack.root import Root, Roots
from adapters.slack.signs import AtWork, SlackSigns
from adapters.views import Said, TurnStatus, TurnView
from tests.adapters.kills import PaperScreen
from tests.slack_server import ADA, TEAM, FakeSlack, Message

VIEW = TurnView(id="t1", status=TurnStatus.QUEUED, prompt="fix it", for_id=ADA)


@dataclass
class Scene:
    slack: FakeSlack
    api: SlackApi
    screen: PaperScreen
    at_work: AtWork
    signs: SlackSigns

    async def mark(self, address: Address, *views: TurnView) -> None:
        for view in views:
            self.at_work.see(address, view)
            await for_ever(asyncio.sleep)(self.signs.mark, address, view)

    def again(self) -> None:
        """The program is started anew."""
        self.signs = SlackSigns(self.api, Roots(self.api, self.screen), self.at_work)

    async def rooted(self) -> tuple[Message, Address]:
        """A thread that a slash command began."""
        root = Root("cmd:1", "fix it", ADA)
        answer = await self.api.call(
            "chat.postMessage",
            ping=ADA,
            channel=self.slack.general,
            text="fix it",
            blocks=root_blocks("fix it", ADA, "en"),
            metadata=root.metadata,
        )
        address = Address("slack", self.slack.general, answer["ts"], TEAM)
        await Roots(self.api, self.screen).add(address, root)
        return self.slack.messages(self.slack.general)[-1], address


@asynccontextmanager
async def scene(**options: object) -> AsyncIterator[Scene]:
    async with (
        FakeSlack(**options) as slack,
        SlackApi(slack.bot_token, slack.api_base) as api,
    ):
        screen, at_work = PaperScreen(), AtWork()
        signs = SlackSigns(api, Roots(api, screen), at_work)
        yield Scene(slack, api, screen, at_work, signs)
        assert slack.refusals == []


def status(view: TurnView, status: TurnStatus) -> TurnView:
    return replace(view, status=status)


def at(message: Message) -> Address:
    return Address("slack", message.channel, message.root, TEAM)


async def test_a_persons_message_carries_a_reaction() -> None:
    async with scene() as here:
        asked = here.slack.say("fix it")
        view = replace(VIEW, reply_to=MessageRef(asked.ts))

        await here.mark(at(asked), view, status(view, TurnStatus.RUNNING))
        assert list(asked.reactions) == ["eyes"]
        here.again()
        await here.mark(at(asked), status(view, TurnStatus.DONE))

        assert list(asked.reactions) == ["white_check_mark"]
        statuses = [status for _, _, status in here.slack.statuses]
        assert statuses == ["active", "processing", "active"]


async def test_what_was_stopped_carries_none() -> None:
    async with scene() as here:
        asked = here.slack.say("fix it")
        view = replace(VIEW, reply_to=MessageRef(asked.ts))

        await here.mark(at(asked), view, status(view, TurnStatus.CANCELLED))

        assert not asked.reactions


async def test_a_root_of_ours_says_it_and_has_the_button() -> None:
    async with scene() as here:
        root, address = await here.rooted()
        view = replace(VIEW, reply_to=MessageRef(address.thread))

        await here.mark(address, status(view, TurnStatus.RUNNING))
        assert "Working" in root.text
        assert root.buttons == ["⏹ Stop"]
        here.again()
        await here.mark(address, status(view, TurnStatus.DONE))

        assert "fix it" in root.text
        assert "Done" in root.text
        assert not root.buttons
        assert not root.reactions


async def test_the_turn_that_runs_is_told_before_those_that_wait() -> None:
    async with scene() as here:
        root, address = await here.rooted()
        first = status(VIEW, TurnStatus.RUNNING)
        second = replace(VIEW, id="t2", position=1)

        await here.mark(address, first, second)
        assert "Working" in root.text
        await here.mark(address, status(first, TurnStatus.DONE))
        assert "Queued" in root.text
        assert root.buttons == ["✖ Cancel"]

        assert here.at_work.threads(here.slack.general) == [address]
        await here.mark(address, status(second, TurnStatus.DONE))
        assert here.at_work.threads(here.slack.general) == []


async def test_without_agents_sessions_the_older_status_is_used_and_refreshed() -> None:
    async with scene(agent=False) as here:
        asked = here.slack.say("fix it")
        view = status(replace(VIEW, reply_to=MessageRef(asked.ts)), TurnStatus.RUNNING)

        await here.mark(at(asked), view)
        await here.signs.typing(at(asked), view)
        await here.signs.typing(at(asked), replace(view, parts=(Said("Hello"),)))

        assert len(here.slack.calls("agents[.]sessions[.]setStatus")) == 1
        assert len(here.slack.calls("assistant[.]threads[.]setStatus")) == 2


async def test_trouble_is_raised_for_another_try() -> None:
    async with scene() as here:
        asked = here.slack.say("fix it")
        view = replace(VIEW, reply_to=MessageRef(asked.ts))
        here.slack.fail("reactions[.]add", 1, "5xx")

        with pytest.raises(Unavailable):
            await here.signs.mark(at(asked), view)

        await here.mark(at(asked), view)
        assert list(asked.reactions) == ["eyes"]
