"""The whole program with one platform or another."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.on_telegram import OnTelegram
from tests.e2e.conversation.on_web import OnWeb
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import Parley, SlackParley, WebParley, living, slack_as_described
from tests.messages_api import FakeMessages
from tests.telegram_server import FakeTelegram

SURFACES = ("telegram", "slack", "web")


@asynccontextmanager
async def surface(
    kind: str, root: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Surface]:
    """The program with that platform, not yet started; *environment* is added."""
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(FakeMessages())
        found: Surface
        match kind:
            case "telegram":
                telegram = await stack.enter_async_context(FakeTelegram())
                found = OnTelegram(Parley(root, telegram, api))
            case "slack":
                slack = await stack.enter_async_context(slack_as_described())
                found = OnSlack(SlackParley(root, slack, api))
            case _:
                found = on_web = OnWeb(WebParley(root, api))
                stack.push_async_callback(on_web.close)
        await stack.enter_async_context(living(found.parley, environment))
        yield found
        assert found.refusals == []
