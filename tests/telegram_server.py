"""A Telegram that fits into a test: a strict Bot API server, and people to talk with.

    async with FakeTelegram() as telegram:
        program = start_parley(token=telegram.token, api_base=telegram.api_base)
        telegram.say("hello")  # Ada, user 1001, in her chat with the bot
        await telegram.until(lambda chat: chat[-1].text == "Hi!")
        assert telegram.refusals == []

It listens on 127.0.0.1 on a port of its own and outlives the program under test, which
may be killed and started again: unconfirmed updates come again, messages stay. Use it
from one event loop (the test's); the program under test may be another process.

**People** act at once, no awaiting: `say`, `send_photo`, `send_document`, `album`,
`forward`, `edit`, `press`, `remove`, `block`, `unblock`, and `raw` for any update at
all. Ada is 1001, Bob 1002; the bot may write to those two, and to whoever has said
something. Extra keyword arguments become fields of the raw message:
`say("in a topic", message_thread_id=7)`. A person's chat id is their user id.

**Looking**: `chat(chat_id)` is the list of `Message`s that are to be seen now, oldest
first, everybody's: `.from_bot .text .entities .buttons .labels .edits .versions .silent
.reply_to .reaction .file_name .is_photo .data .raw`. `until(condition)` waits for such
a list, `wait_for(look)` for anything else here; both tell what there was when time is
up. `calls("editMessageText")` is the log of requests with their times; `pending` is how
many updates were not confirmed; `answers` what presses were answered with; also
`actions` (typing), `commands` (by scope: "default", "default:ko") and `refusals`.

**Strict**: requests are checked against the schema of Bot API 10.3 (unknown parameters,
wrong types), texts by TDLib. What a correct program never sends is refused *and* noted
in `refusals`: assert that it is empty. That includes what Telegram would mangle without
a word (tabs, more than 100 entities). Not noted is what can happen to anybody: edits
that change nothing, gone messages, late answers, blocked chats, floods.

**Trouble**: `fail("sendMessage", 2, "drop_after")` lets the next two such calls happen
and loses their answers; see `FaultKind` for other ways. `after=3` spares three first.
The method is a regular expression; downloads are called "(download)". `flood` is on by
default, at about the real numbers; pass `flood=None` to be rid of it. Set `token` to
another one and the old one is revoked; set `webhook` and polls end in a conflict.
"""

import asyncio
import re
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.telegram_server_flood import Flood
from tests.telegram_server_http import Call, Fault, FaultKind, HttpSide, pretty
from tests.telegram_server_people import ADA, BOB, People
from tests.telegram_server_world import Message, World, described

__all__ = ["ADA", "BOB", "Call", "FakeTelegram", "Flood", "Message"]

TOKEN = "123456:the-token-of-the-fake-bot"  # nobody's secret

T = TypeVar("T")
Seen = list[Message]


class FakeTelegram(People):
    def __init__(
        self,
        *,
        token: str = TOKEN,
        flood: Flood | None = Flood(),  # noqa: B008 - it is frozen
        latency_s: float = 0.0,
    ) -> None:
        super().__init__(World(flood))
        self._http = HttpSide(self._world, token, latency_s)

    async def __aenter__(self) -> Self:
        await self._http.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.close()

    # --- the program under test needs these

    @property
    def api_base(self) -> str:
        return self._http.url

    @property
    def token(self) -> str:
        return self._http.token

    @token.setter
    def token(self, token: str) -> None:
        self._http.token = token

    # --- looking

    def chat(self, chat_id: int = ADA) -> Seen:
        """The messages that are to be seen now, oldest first."""
        return self._world.visible(chat_id)

    async def until(
        self,
        wanted: Callable[[Seen], object],
        *,
        chat: int = ADA,
        timeout_s: float = 20.0,
    ) -> Seen:
        """The chat, once it is as *wanted*. No message yet is no error in *wanted*."""

        def look() -> Seen | None:
            seen = self.chat(chat)
            try:
                return seen if wanted(seen) else None
            except IndexError:  # chat[-1] of an empty chat
                return None

        return await self.wait_for(look, timeout_s=timeout_s)

    async def wait_for(
        self, look: Callable[[], T | None], *, timeout_s: float = 20.0
    ) -> T:
        """What *look* finds, as soon as it is true. Looks after every change here."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    changed = self._world.changed
                    if found := look():
                        return found
                    await changed.wait()
        except TimeoutError:
            raise AssertionError(f"in vain; there is\n{self.described()}") from None

    def calls(self, method: str = ".*") -> list[Call]:
        """Requests so far whose method matches, oldest first."""
        return [c for c in self._http.calls if re.fullmatch(method, c.method)]

    @property
    def pending(self) -> int:
        """How many updates were not confirmed."""
        return len(self._world.updates)

    @property
    def refusals(self) -> list[str]:
        return self._http.refusals

    @property
    def answers(self) -> dict[str, str]:
        return self._world.answers

    @property
    def actions(self) -> list[tuple[int, str]]:
        return self._world.actions

    @property
    def commands(self) -> dict[str, list[dict[str, Any]]]:
        return self._world.commands

    def described(self) -> str:
        lines = described(list(self._world.messages.values()))
        return "\n".join([*lines, "calls:", pretty(self._http.calls[-20:])])

    # --- trouble

    def fail(
        self,
        method: str,
        n: int = 1,
        kind: FaultKind = "drop_before",
        *,
        after: int = 0,
        **details: Any,
    ) -> Fault:
        """The next *n* such calls go wrong; set `left = 0` on the result to end it."""
        fault = Fault(method, n, kind, after, **details)
        self._http.faults.append(fault)
        return fault

    @property
    def webhook(self) -> str:
        return self._world.webhook

    @webhook.setter
    def webhook(self, url: str) -> None:
        self._world.webhook = url
