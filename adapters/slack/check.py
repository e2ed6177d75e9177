"""Asks Slack whether what the README says has been done; for `parley doctor`."""

from collections.abc import Mapping

from slack_sdk.errors import SlackApiError

from adapters.base import AdapterError, LoggedOut
from adapters.slack.api import Me, SlackApi
from adapters.slack.errors import LOGGED_OUT
from adapters.slack.line import REFUSED as NO_SOCKET
from adapters.slack.manifest import SCOPES

SIGNED_OUT = (
    "Slack does not accept the bot token: copy it again from api.slack.com/apps, your "
    "app, OAuth & Permissions (Bot User OAuth Token), into [slack] bot_token"
)
LACKS = (
    "the app lacks the scopes {}: update its manifest from `parley slack manifest` "
    "and install it to the workspace again"
)


async def whoami(api: SlackApi) -> Me:
    """Raises `LoggedOut` in words for the operator, and other `AdapterError`s."""
    try:
        return await api.me()
    except LoggedOut:
        raise LoggedOut(SIGNED_OUT) from None


async def check(api: SlackApi, app_token: str | None) -> Mapping[str, str]:
    """Facts. Raises `AdapterError` that says which step is missing."""
    me = await whoami(api)
    if lacking := set(SCOPES) - await _scopes(api):
        raise AdapterError(LACKS.format(", ".join(sorted(lacking))))
    if app_token is not None:
        await _connect(api, app_token)
    return {"workspace": me.team, "bot": f"@{me.name}"}


async def _scopes(api: SlackApi) -> set[str]:
    answer = await api.client.auth_test()
    scopes: str = answer.headers.get("x-oauth-scopes", "")
    return {scope.strip() for scope in scopes.split(",")}


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
