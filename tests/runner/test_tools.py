"""Our own tools in the hands of the real `claude`, and calls nobody has recorded."""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.language import say
from runner.base import HostTool, SessionSpec, ToolReply
from runner.claude_runner import ClaudeRunner
from runner.claude_tools import HostTools
from runner.events import (
    PermissionRequested,
    PermissionWithdrawn,
    ToolCalled,
    ToolFinished,
    ToolStarted,
)
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Use
from tests.runner.talk import Talk, talking

SEND = HostTool(
    name="send_file",
    description="Sends a file to the people in this conversation.",
    schema={
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
    },
)


@pytest.fixture
def spec(spec: SessionSpec) -> SessionSpec:
    return replace(spec, tools=(SEND,))


def send(path: str) -> str:
    return f"TOOL[mcp__parley__send_file|{json.dumps({'path': path})}]TOOL"


@pytest.mark.parametrize("mode", ["default", "plan"])
async def test_the_agent_calls_a_tool_of_ours_without_asking(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages, mode: str
) -> None:
    async with talking(runner.open(replace(spec, permission_mode=mode))) as talk:
        talk.reply = ToolReply("Sent report.pdf.")
        end = await talk.turn(send("out/report.pdf"))

    [called] = talk.all(ToolCalled)
    assert (called.name, called.arguments) == ("send_file", {"path": "out/report.pdf"})
    [step] = talk.all(ToolStarted)
    assert called.call_id == step.call_id
    assert say("en", step.title.key, **step.title.values) == "Send report.pdf"
    assert "Sent report.pdf." in end.text
    assert talk.all(PermissionRequested) == []
    offered = {tool["name"]: tool for tool in api.requests[0].body["tools"]}
    assert offered["mcp__parley__send_file"]["input_schema"] == SEND.schema


async def test_what_went_wrong_reaches_the_agent_as_an_error(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.reply = ToolReply("There is no such file.", failed=True)
        end = await talk.turn(send("nowhere"))

    assert [e.ok for e in talk.all(ToolFinished)] == [False]
    assert "There is no such file." in end.text


async def test_two_calls_are_told_apart(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    uses = [Use("mcp__parley__send_file", {"path": name}) for name in ("a", "b")]
    api.then(Reply(blocks=uses))
    async with talking(runner.open(spec)) as talk:
        await talk.turn("go")

    assert [e.arguments["path"] for e in talk.all(ToolCalled)] == ["a", "b"]
    assert len({e.call_id for e in talk.all(ToolCalled)}) == 2


async def test_an_interrupt_takes_a_call_back(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.reply = None
        id_ = await talk.prompt(send("a"))
        called = await talk.until(ToolCalled)
        await talk.session.interrupt()
        end = await talk.finished(id_)
        await talk.session.reply(called.request_id, ToolReply("too late"))
        after = await talk.turn("SAY[still here]")

    assert end.stop_reason == "interrupted"
    [withdrawn] = talk.all(PermissionWithdrawn)
    assert withdrawn.request_id == called.request_id
    assert after.text == "still here"


async def test_a_call_ends_with_the_process(
    runner: ClaudeRunner, spec: SessionSpec
) -> None:
    async with talking(runner.open(spec)) as talk:
        talk.reply = None
        id_ = await talk.prompt(send("a"))
        called = await talk.until(ToolCalled)
        children = Path(f"/proc/{talk.session.pid}/task/{talk.session.pid}/children")
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        withdrawn = await talk.until(PermissionWithdrawn)
        end = await talk.finished(id_)

    assert withdrawn.request_id == called.request_id
    assert (end.stop_reason, end.cause) == ("failed", "crash")


async def test_without_a_tool_there_is_no_server(
    runner: ClaudeRunner, spec: SessionSpec, api: FakeMessages
) -> None:
    async with runner.open(replace(spec, tools=())) as session:
        await Talk(session).turn("SAY[hi]")

    assert "parley" not in json.dumps(api.requests[0].body["tools"])


def heard(message: Mapping[str, Any]) -> list[Any]:
    return list(HostTools((SEND,)).hear("r", message))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"method": "resources/list", "id": 3}, -32601),
        ({"method": "tools/call", "id": 3, "params": {"name": "other"}}, -32602),
        ({"method": "tools/call", "id": 3}, -32601),
    ],
)
def test_what_we_do_not_offer_is_an_error(
    message: Mapping[str, Any], code: int
) -> None:
    [said] = heard(message)

    assert said["mcp_response"]["id"] == 3
    assert said["mcp_response"]["error"]["code"] == code


def test_a_call_without_arguments_is_a_call() -> None:
    call = {"method": "tools/call", "id": 3, "params": {"name": "send_file"}}

    assert heard(call) == [ToolCalled("r", "send_file", {})]


def test_a_ping_is_answered() -> None:
    [said] = heard({"method": "ping", "id": 7})

    assert said["mcp_response"] == {"jsonrpc": "2.0", "id": 7, "result": {}}
