"""An application that speaks AG-UI: what it holds of a thread, and what it takes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from ag_ui.core import Event
from pydantic import TypeAdapter

from tests.adapters.web.reader import Reader, Told

EVENT: TypeAdapter[Event] = TypeAdapter(Event)


@dataclass
class Thread(Reader):
    """Keeps messages as AG-UI's own client does, and takes nothing but AG-UI 1.0."""

    id: str = "3f2c-thread"
    messages: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def say(self, text: str, id_: str = "m1") -> None:
        self.messages.append({"id": id_, "role": "user", "content": text})

    def take(self, id_: str, event: dict[str, Any]) -> None:
        EVENT.validate_python(event)
        assert id_ == "", "AG-UI has no resumption by id"
        super().take(id_, event)

    def answers(self) -> list[str]:
        """All that the agent said, as it stands in the history."""
        return [m["content"] for m in self.messages if m["role"] == "assistant"]

    def _run_started(self, event: dict[str, Any]) -> None:
        super()._run_started(event)
        assert event["threadId"] == self.id
        assert event["protocolVersion"] == "1.0"
        self.metadata = event["metadata"]["parley"]

    def _text_message_start(self, event: dict[str, Any]) -> None:
        held = [m for m in self.messages if m["id"] == event["messageId"]]
        assert not held, "it would be appended to"
        super()._text_message_start(event)
        self.messages.append(
            {"id": event["messageId"], "role": "assistant", "content": ""}
        )

    def _text_message_content(self, event: dict[str, Any]) -> None:
        super()._text_message_content(event)
        (held,) = (m for m in self.messages if m["id"] == event["messageId"])
        held["content"] += event["delta"]

    def _tool_call_start(self, event: dict[str, Any]) -> None:
        super()._tool_call_start(event)
        call = {"id": event["toolCallId"], "type": "function"}
        call |= {"function": {"name": event["toolCallName"], "arguments": ""}}
        self.messages.append(
            {"id": event["parentMessageId"], "role": "tools", "toolCalls": [call]}
        )

    def _messages_snapshot(self, event: dict[str, Any]) -> None:
        assert not self.open
        self.messages = event["messages"]
        kept = {message["id"] for message in self.messages}
        self.texts = {id_: text for id_, text in self.texts.items() if id_ in kept}
        self.calls, self.results = {}, {}


async def read(stream: AsyncIterator[Told], thread: Thread, kind: str) -> None:
    """Events up to the first of that *kind*."""
    async for id_, event in stream:
        thread.take(id_, event)
        if event["type"] == kind:
            return
    raise AssertionError(f"no {kind} among {thread.kinds}")
