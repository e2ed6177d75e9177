"""`parley doctor` says which step of the README is missing."""

import time

import pytest

from adapters.base import AdapterError, LoggedOut
from adapters.slack.adapter import SlackAdapter
from adapters.slack.api import SlackApi
from adapters.slack.check import check
from adapters.slack.manifest import SCOPES
from tests.slack_server import FakeSlack


def adapter(slack: FakeSlack, *, app_token: str | None = None) -> SlackAdapter:
    return SlackAdapter(
        slack.bot_token,
        commands=lambda language: [],
        app_token=app_token or slack.app_token,
        api_base=slack.api_base,
    )


async def test_a_well_kept_app_is_told_by_its_names() -> None:
    async with FakeSlack(scopes=set(SCOPES)) as slack:
        facts = await adapter(slack).check()

    assert set(facts) == {"workspace", "bot"}


async def test_a_scope_that_is_missing_is_named() -> None:
    async with FakeSlack(scopes={*SCOPES} - {"files:read"}) as slack:
        with pytest.raises(AdapterError, match=r"files:read.*parley slack manifest"):
            await adapter(slack).check()


@pytest.mark.parametrize("wrong_s", [-3600, 3600])
async def test_a_clock_that_is_wrong_is_told(wrong_s: float) -> None:
    async with (
        FakeSlack(scopes=set(SCOPES)) as slack,
        SlackApi(slack.bot_token, slack.api_base) as api,
    ):
        with pytest.raises(AdapterError, match="set the clock right"):
            await check(api, slack.app_token, now=lambda: time.time() + wrong_s)


async def test_a_bad_bot_token_says_where_the_good_one_is() -> None:
    async with FakeSlack(scopes=set(SCOPES)) as slack:
        slack.sign_out("invalid_auth")

        with pytest.raises(LoggedOut, match="bot_token"):
            await adapter(slack).check()


async def test_a_bad_app_token_says_where_the_good_one_is() -> None:
    async with FakeSlack(scopes=set(SCOPES)) as slack:
        with pytest.raises(AdapterError, match=r"xapp-.*app_token"):
            await adapter(slack, app_token=slack.bot_token).check()
