"""What every call to Slack has to look like: methods, arguments, scopes. No state.

The installed SDK is the schema: a method's arguments are those of its Python function.
"""

import functools
import inspect
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

#: The bot's scopes in Parley's manifest.
SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:join",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:write",
        "users:read",
    }
)
#: The events it subscribes to there.
EVENTS = frozenset(
    {
        "agent_session_stopped",
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
        "message.mpim",
        "tokens_revoked",
    }
)
#: One of these is needed; what a conversation needs depends on its kind.
NEEDED = {
    "agents.sessions.setStatus": ("chat:write",),
    "assistant.threads.setStatus": ("chat:write", "assistant:write"),
    "conversations.join": ("channels:join",),
    "conversations.open": ("im:write",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.remove": ("reactions:write",),
    "users.info": ("users:read",),
}
#: It answers `invalid_arguments` to JSON, and the SDK's verb does not tell.
FORM_ONLY = {"files.getUploadURLExternal"}


@dataclass
class Refused(Exception):
    """An answer with `"ok": false`. *fault*: a correct program never provokes it."""

    error: str
    why: str = ""  # for people who read a failed test
    fault: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    retry_after_s: int | None = None

    def __str__(self) -> str:
        return f"{self.error}: {self.why}" if self.why else self.error


def bad(error: str, why: str = "") -> Refused:
    return Refused(error, why, fault=True)


def too_many(retry_after_s: int) -> Refused:
    return Refused("ratelimited", status=429, retry_after_s=retry_after_s)


def scopes_of(method: str) -> tuple[str, ...]:
    return NEEDED.get(method, ("chat:write",) if method.startswith("chat.") else ())


# --- arguments ----------------------------------------------------------------


@dataclass(frozen=True)
class Schema:
    types: Mapping[str, Any]
    required: frozenset[str]
    takes_json: bool


@functools.cache
def schema_of(method: str) -> Schema | None:
    """None: Slack has no such method."""
    function: Callable[..., Any] | None = getattr(
        AsyncWebClient, method.replace(".", "_"), None
    )
    if function is None or f'"{method}"' not in (source := inspect.getsource(function)):
        return None
    params = inspect.signature(function).parameters.values()
    named = [p for p in params if p.name not in {"self", "kwargs", "app_token"}]
    hints = typing.get_type_hints(function)
    return Schema(
        {p.name: hints[p.name] for p in named} | {"token": str, "team_id": str},
        frozenset(p.name for p in named if p.default is inspect.Parameter.empty),
        'http_verb="GET"' not in source and method not in FORM_ONLY,
    )


def read_arguments(
    method: str, sent: Mapping[str, Any], *, as_json: bool
) -> dict[str, Any]:
    """The arguments as Python values, checked against the schema."""
    schema = schema_of(method)
    if schema is None:
        raise bad("unknown_method", method)
    if as_json and not schema.takes_json:
        raise bad("invalid_arguments", f"{method} does not take JSON")
    missing = sorted(schema.required - sent.keys())
    unknown = sorted(sent.keys() - schema.types.keys())
    if missing or unknown:
        raise bad("invalid_arguments", f"missing {missing}, unknown {unknown}")
    read = _checked if as_json else _decoded
    return {
        name: read(name, value, schema.types[name])
        for name, value in sent.items()
        if name not in {"token", "team_id"}
    }


def _checked(name: str, value: Any, hint: Any) -> Any:
    """JSON: what is to be words, a number or a truth value must be one."""
    kinds = _plain(hint)
    if kinds and not any(type(value) is kind for kind in kinds):
        raise bad("invalid_arguments", f"{name} is {value!r}")
    return _parsed(name, value) if isinstance(value, str) and not kinds else value


def _decoded(name: str, value: str, hint: Any) -> Any:
    """A form: everything comes as words."""
    kinds = _plain(hint)
    if kinds == {str}:
        return value
    if bool in kinds and value.lower() in {"1", "0", "true", "false"}:
        return value.lower() in {"1", "true"}
    if int in kinds and value.isdecimal():
        return int(value)
    if kinds:
        raise bad("invalid_arguments", f"{name} is {value!r}")
    return _parsed(name, value)


def _plain(hint: Any) -> set[type]:
    """The simple types it may have; none if it is a structure."""
    kinds = set(typing.get_args(hint)) or {hint}
    kinds.discard(type(None))
    return kinds if kinds <= {str, bool, int} else set()


def _parsed(name: str, value: str) -> Any:
    if not value.lstrip().startswith(("[", "{")):
        return value  # ids with commas between them
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"invalid_{name}_format", value[:80]) from None
