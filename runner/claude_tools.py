"""Our own tools, as Claude Code sees them: an MCP server on its control channel. Pure.

It speaks JSON-RPC inside `mcp_message` requests: https://modelcontextprotocol.io
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from runner.base import HostTool, ToolReply
from runner.events import PermissionWithdrawn, ToolCalled

SERVER = "parley"
PREFIX = f"mcp__{SERVER}__"
NO_SUCH_METHOD, BAD_ARGUMENTS = -32601, -32602

#: An event, or the response to the CLI's request.
Said: TypeAlias = ToolCalled | PermissionWithdrawn | Mapping[str, Any]


@dataclass(slots=True)
class HostTools:
    tools: Sequence[HostTool] = ()
    _calls: dict[str, Any] = field(default_factory=dict)  # by request: its JSON-RPC id

    @property
    def names(self) -> frozenset[str]:
        """As the agent calls them."""
        return frozenset(PREFIX + tool.name for tool in self.tools)

    def hear(self, request_id: str, message: Mapping[str, Any]) -> Iterator[Said]:
        match message:
            case {"method": "tools/call", "id": id_, "params": {"name": name} as given}:
                if PREFIX + name not in self.names:
                    yield _failed(id_, BAD_ARGUMENTS, f"no tool {name}")
                    return
                meta = given.get("_meta") or {}
                call_id = str(meta.get("claudecode/toolUseId", ""))
                arguments = dict(given.get("arguments") or {})
                self._calls[request_id] = id_
                yield ToolCalled(request_id, name, arguments, call_id)
            case {"method": "notifications/cancelled", "params": {"requestId": id_}}:
                for asked in [key for key, call in self._calls.items() if call == id_]:
                    yield from self.withdrawn(asked)
                yield _response({"jsonrpc": "2.0", "result": {}})
            case {"method": method, "id": id_}:
                yield self._answer(method, id_, message.get("params") or {})
            case _:
                yield _response({"jsonrpc": "2.0", "result": {}})

    def reply(self, request_id: str, reply: ToolReply) -> Mapping[str, Any] | None:
        """The response to a call; None if it was withdrawn, or has been `replied`."""
        if request_id not in self._calls:
            return None
        content = [{"type": "text", "text": reply.text}]
        result = {"content": content, "isError": reply.failed}
        return _result(self._calls[request_id], result)

    @property
    def open(self) -> frozenset[str]:
        """Requests whose calls wait for their reply."""
        return frozenset(self._calls)

    def replied(self, request_id: str) -> None:
        self._calls.pop(request_id, None)

    def withdrawn(self, request_id: str) -> Iterator[PermissionWithdrawn]:
        if self._calls.pop(request_id, None) is not None:
            yield PermissionWithdrawn(request_id)

    def lost(self) -> Iterator[PermissionWithdrawn]:
        for request_id in tuple(self._calls):
            yield from self.withdrawn(request_id)

    def _answer(self, method: str, id_: Any, given: Mapping[str, Any]) -> Said:
        match method:
            case "initialize":
                result = {
                    "protocolVersion": given.get("protocolVersion", ""),
                    "capabilities": {"tools": {}},
                    "serverInfo": {"name": SERVER, "version": "1"},
                }
                return _result(id_, result)
            case "tools/list":
                return _result(id_, {"tools": [_listed(tool) for tool in self.tools]})
            case "ping":
                return _result(id_, {})
            case _:
                return _failed(id_, NO_SUCH_METHOD, f"no method {method}")


def _listed(tool: HostTool) -> Mapping[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": tool.schema,
        # Without it the agent has to search for the tool before it can call it.
        "_meta": {"anthropic/alwaysLoad": True},
    }


def _result(id_: Any, result: Mapping[str, Any]) -> Mapping[str, Any]:
    return _response({"jsonrpc": "2.0", "id": id_, "result": result})


def _failed(id_: Any, code: int, words: str) -> Mapping[str, Any]:
    error = {"code": code, "message": words}
    return _response({"jsonrpc": "2.0", "id": id_, "error": error})


def _response(message: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"mcp_response": message}
