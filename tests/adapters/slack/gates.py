"""What comes to the gate: bodies as Slack sends them."""

from typing import Any

from adapters.base import AdapterError
from adapters.slack.api import Me
from adapters.slack.verdict import Keep, Now, Verdict
from tests.slack_server import ADA

TEAM, BOT = "T0PARLEY", "U0PARLEY"
ME = Me(TEAM, BOT, "B0PARLEY", "Parley Test", "parley")
TS, ROOT = "1700000000.000100", "1600000000.000100"
MENTION = f"<@{BOT}> hello"


class Directory:
    """Slack, as far as people and channels go."""

    def __init__(self) -> None:
        self.people: dict[str, dict[str, Any]] = {}
        self.shared: set[str] = set()
        self.asked: list[str] = []
        self.error: AdapterError | None = None

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        self.asked.append(method)
        if self.error:
            raise self.error
        if method == "users.info":
            user = params["user"]
            return {"user": {"id": user, "real_name": user} | self.people.get(user, {})}
        return {"channel": {"is_ext_shared": params["channel"] in self.shared}}


def event(**event: Any) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": {"type": "message", "channel": "C1", **event},
    }


def said(text: Any = MENTION, *, user: str = ADA, **more: Any) -> dict[str, Any]:
    return event(**{"user": user, "text": text, "ts": TS, "team": TEAM, **more})


def changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    body = event(subtype="message_changed", hidden=True, ts="1700000001.000100")
    body["event"] |= {"message": after["event"], "previous_message": before["event"]}
    return body


def deleted(before: dict[str, Any]) -> dict[str, Any]:
    body = event(subtype="message_deleted", hidden=True, ts="1700000001.000100")
    body["event"] |= {"deleted_ts": TS, "previous_message": before["event"]}
    return body


def interaction(kind: str, *, user: str = ADA, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "team": {"id": TEAM},
        "user": {"id": user, "team_id": TEAM},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.invalid/1",
        **more,
    }


def pressed(action: str, **more: Any) -> dict[str, Any]:
    return interaction("block_actions", actions=[{"action_id": action}], **more)


def shortcut(**more: Any) -> dict[str, Any]:
    return interaction("message_action", callback_id="ask_about_message", **more)


def command(*, user: str = ADA, channel: str = "C1") -> dict[str, Any]:
    return {
        "command": "/claude",
        "text": "hello",
        "team_id": TEAM,
        "channel_id": channel,
        "user_id": user,
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.invalid/1",
    }


FORM = interaction("view_submission", view={"id": "V1"})


def kept(verdict: Verdict) -> bool:
    return isinstance(verdict, Keep | Now)
