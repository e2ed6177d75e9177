"""Which conversation a request belongs to, and whether its answer is known already.

Rule: no table: the desk's keys are the memory, so a restart forgets nothing of it.
"""

import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from adapters.views import TurnView
from adapters.web.openai_shapes import Chat, Refused
from adapters.web.port import Desk, UnknownConversation
from adapters.web.values import Card, Settings

#: In order of preference; the third as people write it into librechat.yaml.
HEADERS = (
    "x-session-id",
    "x-openwebui-chat-id",
    "x-librechat-conversation-id",
    "x-conversation-id",
)
#: What clients send while a chat has no id yet, or fill in nothing at all.
NOBODY = re.compile(r"|new|null|none|undefined|.*\{\{.*", re.IGNORECASE)
REMEMBERED = 10_000
RETRIED_S = 600.0  # a client that tries again by itself does so sooner
DELETED_LIMIT = 50  # times that a chat may be taken up again after it was deleted


def session_key(chat: Chat, headers: Mapping[str, str]) -> str:
    """By the client's name for the chat, else by how it began; one for each model."""
    for header in HEADERS:
        name = headers.get(header, "").strip()
        if not NOBODY.fullmatch(name):
            return digest("session", chat.model, name)
    first = next((m.text for m in chat.messages if m.role == "user"), "")
    return digest("began", chat.model, chat.user or "", first)


def turn_key(chat: Chat, session: str, headers: Mapping[str, str]) -> str:
    """The same for a repeated request. Raises `Refused` for a key we cannot keep."""
    if (key := headers.get("idempotency-key")) is not None:
        if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
            raise Refused(
                "Idempotency-Key has to be 1 to 200 visible ASCII characters."
            )
        return digest("key", session, key)
    asked = sum(message.role == "user" for message in chat.messages)
    return digest("turn", session, str(asked), chat.messages[-1].model_dump_json())


def repeated(headers: Mapping[str, str]) -> bool:
    """Whether the client says itself that it asks for the answer to come again."""
    return "idempotency-key" in headers or (
        headers.get("x-stainless-retry-count", "0") != "0"  # OpenAI's own clients
    )


def digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


class Delivered:
    """Answers that went out whole: asked for once more, they are wanted anew.

    Of what ended before this process began nobody knows whether it went out: for a
    while it is given again, since an answer computed twice is worse.
    """

    def __init__(self) -> None:
        self._since = time.time()
        self._turns: dict[tuple[int, str], None] = {}
        self._keys: dict[str, str] = {}

    def add(self, conversation: int, turn: str) -> None:
        self._turns[conversation, turn] = None
        _shortened(self._turns)

    def covers(self, conversation: int, view: TurnView) -> bool:
        if (conversation, view.id) in self._turns:
            return True
        ended = view.ended_at
        if ended is None or ended > self._since:
            return False
        return time.time() - ended > RETRIED_S

    def newest_key(self, key: str) -> str:
        """The key it was asked for with last; saves going there step by step."""
        return self._keys.get(key, key)

    def renew(self, key: str, newest: str) -> None:
        self._keys[key] = newest
        _shortened(self._keys)


async def conversation(desk: Desk, settings: Settings, session: str) -> Card:
    """The one of that key; after it was deleted, the next of its name."""
    for nth in range(DELETED_LIMIT):
        with suppress(UnknownConversation):
            card = await desk.begin(settings, key=f"openai:{session}:{nth}")
            return await desk.conversation(card.id)
    raise Refused("This chat was deleted too often; begin a new one.", status=409)


def _shortened(memory: dict[Any, Any]) -> None:
    if len(memory) > REMEMBERED:
        del memory[next(iter(memory))]
