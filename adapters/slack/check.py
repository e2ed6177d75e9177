"""Asks Slack whether what the README says has been done; for `parley doctor`."""

import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from slack_sdk.errors import SlackApiError

from adapters.base import AdapterError, LoggedOut
from adapters.slack.api import Me, SlackApi
from adapters.slack.errors import LOGGED_OUT
from adapters.slack.line import REFUSED as NO_SOCKET
from adapters.slack.manifest import SCOPES

SIGNED_OUT = (
    "Slack does not accept the bot token ({}): install the app to the workspace if it "
    "was removed, and copy the token again from api.slack.com/apps, your app, OAuth & "
    "Permissions (Bot User OAuth Token), into [slack] bot_token"
)
LACKS = (
    "the app lacks the scopes {}: update its manifest from `parley slack manifest` "
    "and install it to the workspace again"
)

CLOSE_S = 120.0  # of the five minutes that what Slack signs is good for
CLOCKS = (
    "Slack's clock is {:+.0f} s away from this machine's: what it signs will not be "
    "taken, set the clock right (timedatectl set-ntp true)"
)


async def whoami(api: SlackApi) -> Me:
    """Raises `LoggedOut` in words for the operator, and other `AdapterError`s."""
    try:
        return await api.me()
    except LoggedOut as error:
        code = str(error).removeprefix("auth.test: ")
        raise LoggedOut(SIGNED_OUT.format(code)) from None


async def check(
    api: SlackApi, app_token: str | None, *, now: Callable[[], float] = time.time
) -> Mapping[str, str]:
    """Facts. Raises `AdapterError` that says which step is missing."""
    me = await whoami(api)
    headers = (await api.client.auth_test()).headers
    if lacking := set(SCOPES) - _scopes(headers):
        raise AdapterError(LACKS.format(", ".join(sorted(lacking))))
    if abs(differs_s := _slack_s(headers) - now()) > CLOSE_S:
        raise AdapterError(CLOCKS.format(differs_s))
    if app_token is not None:
        await _connect(api, app_token)
    return {"workspace": me.team, "bot": f"@{me.name}"}


def _scopes(headers: Mapping[str, str]) -> set[str]:
    scopes = headers.get("x-oauth-scopes", "")
    return {scope.strip() for scope in scopes.split(",")}


def _slack_s(headers: Mapping[str, str]) -> float:
    """What Slack's clock tells, epoch seconds."""
    return parsedate_to_datetime(headers["Date"]).timestamp()


async def _connect(api: SlackApi, app_token: str) -> None:
    """Ask for a socket, which is not opened."""
    try:
        await api.client.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        code = str(error.response["error"])
        known = code in LOGGED_OUT or code in {
            "not_allowed_token_type",
            "missing_scope",
        }
        told = NO_SOCKET.format(code) if known else f"no socket ({code})"
        raise AdapterError(told) from None
