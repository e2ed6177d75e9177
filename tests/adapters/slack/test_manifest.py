"""The app's description asks for what the code uses, and for no more."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from adapters.slack.manifest import EVENTS, SCOPES, manifest
from bot.__main__ import app

CODE = Path(__file__).parents[3] / "adapters" / "slack"
HISTORY = {f"{kind}:history" for kind in ("channels", "groups", "im", "mpim")}
READ = {f"{kind}:read" for kind in ("channels", "groups", "im", "mpim")}
#: docs.slack.dev/reference/methods, for a bot's token
NEEDS = {
    "agents.sessions.setStatus": {"chat:write"},
    "assistant.threads.setStatus": {"chat:write"},
    "auth.test": set(),
    "chat.appendStream": {"chat:write"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.startStream": {"chat:write"},
    "chat.stopStream": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.join": {"channels:join"},
    "conversations.open": {"im:write"},
    "conversations.replies": HISTORY,
    "files.completeUploadExternal": {"files:write"},
    "files.delete": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "files.info": {"files:read"},
    "reactions.add": {"reactions:write"},
    "reactions.remove": {"reactions:write"},
    "users.conversations": READ,
    "users.info": {"users:read"},
    "views.open": set(),
}
#: What events bring, and what features of the app stand for.
BESIDES = {"app_mentions:read", "assistant:write", "commands"}
METHOD = re.compile(
    r'"((?:agents|assistant|auth|chat|conversations|files|reactions|users|views)'
    r'(?:\.[a-zA-Z]+)+)"'
)


def used() -> set[str]:
    return {
        method
        for file in CODE.glob("*.py")
        for method in METHOD.findall(file.read_text())
    }


def test_the_scopes_are_those_of_the_methods_in_use() -> None:
    assert used() == set(NEEDS)
    assert set().union(*NEEDS.values()) | BESIDES == set(SCOPES)
    assert len(SCOPES) == len(set(SCOPES))


def test_every_event_subscribed_to_is_one_the_gate_knows() -> None:
    gate = (CODE / "gate.py").read_text()

    for event in EVENTS:
        assert f'"{event.partition(".")[0]}"' in gate, event


def test_the_two_forms_differ_in_where_slack_sends_things_only() -> None:
    socket, http = manifest("/claude"), manifest("/claude", "https://me.example/")
    url = "https://me.example/slack/events"

    assert http["settings"].pop("socket_mode_enabled") is False
    assert socket["settings"].pop("socket_mode_enabled") is True
    assert http["settings"]["event_subscriptions"].pop("request_url") == url
    assert http["settings"]["interactivity"].pop("request_url") == url
    assert http["features"]["slash_commands"][0].pop("url") == url
    assert http == socket


def test_it_keeps_within_slacks_limits() -> None:
    app_ = manifest("/claude")
    (command,) = app_["features"]["slash_commands"]
    (shortcut,) = app_["features"]["shortcuts"]
    agent = app_["features"]["agent_view"]

    assert len(app_["display_information"]["name"]) <= 35
    assert len(app_["display_information"]["description"]) <= 140
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert len(shortcut["name"]) <= 24
    assert len(agent["agent_description"]) <= 300
    assert len(agent["suggested_prompts"]) <= 4


def test_the_command_prints_it_as_the_configuration_has_it(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[slack]\ncommand = "/ada"\n')

    socket = CliRunner().invoke(app, ["slack", "manifest", "--config", str(config)])
    http = CliRunner().invoke(app, ["slack", "manifest", "--http", "http://plain"])

    assert json.loads(socket.stdout) == manifest("/ada")
    assert http.exit_code == 2
    assert "https" in http.output
