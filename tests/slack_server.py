"""A Slack that fits into a test: a strict workspace, and people to talk with.

    async with FakeSlack() as slack:
        program = start_parley(slack.bot_token, slack.app_token, slack.api_base)
        asked = slack.say(f"<@{slack.bot_user}> hello", channel=slack.general)
        await slack.until(lambda: slack.thread(asked)[-1].text == "Hi!")
        assert slack.refusals == []

It listens on 127.0.0.1 on a port of its own and outlives the program under test, which
may be killed and started again: events nobody acknowledged come again, messages stay.
Use it from one event loop (the test's); the program under test may be another process.

**People** act at once, no awaiting; delivery goes on in the background. `say`, `edit`,
`delete`, `unfurl`, `file` (for `say(files=…)`), `command`, `press`, `tick`, `shortcut`,
`submit`, `press_stop`, `open_home`, `invite`, `remove_bot`, `archive`, `event` for any
event at all, `again` for one that is repeated. Ada and Bob are there, and `general`, a
public channel with them and the bot; `add_person`, `open_channel`, `dm`, `group_dm`
make more. What is typed is escaped as Slack does it; `<@U0ADA>` stands for a mention.
`command`, `press`, `shortcut`, `submit` return an `Act`: `.acked`, `.answer` (what the
ack brought), `.responses` (by response_url), `.error` (what the person is shown when
nobody acknowledges in time); `await answered(act)`.

**Looking**: `messages(channel)` and `thread(message)` are what is to be seen now,
oldest first, `ephemerals(user)`, `modals`, `status(message)` and `statuses` (all there
were). Of a `Message`: `.text` (as it reads, streamed words and blocks) `.words` (the
notification) `.stream_text .tasks .streaming .blocks .buttons .files .reactions
.metadata .edits .deleted .thread .user .from_bot .ephemeral_to`, and `.live_pings`:
every mention in it that rang or would have. `until(look)` waits until that finds
something, and tells what there was when time is up. `calls("chat[.]update")` is the log
of requests with their times; `acts` is what was delivered, with `.attempts`.

**Strict**: arguments are checked against the installed SDK (unknown, missing, wrong
types, JSON where Slack takes forms), blocks and forms against its models and Slack's
numbers. What a correct program never sends is refused *and* noted in `refusals`: assert
that it is empty. Not noted is what can happen to anybody: rate limits, gone messages,
channels without the bot, streams that ended or are full, triggers that expired,
features that a workspace does not have.

**Trouble**: `fail("chat[.]update", 2, "drop_after")` lets the next two such calls
happen and loses their answers; see `FaultKind`. `after=3` spares three first; downloads
are called "(download)". `limit(method, retry_after_s)` is a 429. Sockets: `reset`,
`freeze`, `disconnect`, `refuse_handshakes`, `hold_acks`. `expire_streams`,
`expire_triggers`, `sign_out`. How this Slack is (a workspace without streams, short
times, rates that hold) is in `options`: see `Options`, whose fields may also be given
to `FakeSlack(…)`; files are shared `share_after_s`, or not at all. With `request_url`
set, events are posted there, signed; `post` sends what is not.
"""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

from tests.slack_server_delivery import Act, Delivery
from tests.slack_server_downloads import Tokens
from tests.slack_server_faults import Call, Fault, FaultKind, pretty
from tests.slack_server_http import HttpSide
from tests.slack_server_message import ADA, BOB, BOT_USER, TEAM, File, Message, Task
from tests.slack_server_people import People
from tests.slack_server_posts import Posts
from tests.slack_server_sockets import Sockets
from tests.slack_server_world import Modal, Options, World, described

__all__ = [
    "ADA",
    "BOB",
    "BOT_USER",
    "TEAM",
    "Act",
    "Call",
    "FakeSlack",
    "FaultKind",
    "File",
    "Message",
    "Modal",
    "Options",
    "Task",
]

T = TypeVar("T")


class FakeSlack(People):
    team = TEAM
    bot_user = BOT_USER
    signing_secret = "the-signing-secret-of-the-fake-app"  # nobody's secret

    def __init__(self, **options: Any) -> None:
        """*options* are those of `Options`."""
        self.options = Options(**options)
        world = World(self.options)
        self._delivery = Delivery(world)
        self._posts = Posts(self.signing_secret)
        self._sockets = Sockets(world, self._delivery)
        self._tokens = Tokens("xoxb-the-bot-token-of-the-fake", "xapp-its-app-token")
        self._http = HttpSide(world, self._sockets, self._tokens)
        roads = (self._posts, self._sockets)
        super().__init__(world, self._delivery, self._http.responses, *roads)

    async def __aenter__(self) -> Self:
        await self._http.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._delivery.close()
        await self._posts.close()
        await self._http.close()

    # --- the program under test needs these

    @property
    def api_base(self) -> str:
        return f"{self._world.base}/api/"

    @property
    def bot_token(self) -> str:
        return self._tokens.bot

    @property
    def app_token(self) -> str:
        return self._tokens.app

    # --- looking

    def messages(self, channel: str | None = None) -> list[Message]:
        """All of a channel, replies too; of Ada's with the bot if none is named."""
        return self._world.in_channel(channel or self.dm())

    def thread(self, channel: str | Message, root: str = "") -> list[Message]:
        """The root and its replies; *channel* may be any message of the thread."""
        if isinstance(channel, Message):
            return self._world.in_thread(channel.channel, channel.root)
        return self._world.in_thread(channel, root)

    def ephemerals(self, user: str = ADA) -> list[Message]:
        return [m for m in self._world.ephemerals if m.ephemeral_to == user]

    def status(self, channel: str | Message, thread: str = "") -> str:
        """What the agent's session shows now; empty: nothing."""
        if isinstance(channel, Message):
            return self._world.status(channel.channel, channel.root)
        return self._world.status(channel, thread)

    @property
    def statuses(self) -> list[tuple[str, str, str]]:
        """Every status that was set: channel, thread, status."""
        return self._world.statuses

    @property
    def modals(self) -> list[Modal]:
        return self._world.modals

    @property
    def acts(self) -> list[Act]:
        """All that was to be delivered, oldest first."""
        return self._delivery.acts

    @property
    def refusals(self) -> list[str]:
        return self._world.refusals

    @property
    def live_pings(self) -> list[str]:
        """Everybody whom the bot's messages would have rung, so far."""
        shown = [*self._world.messages.values(), *self._world.ephemerals]
        return [ping for m in shown if m.from_bot for ping in m.live_pings]

    def calls(self, method: str = ".*") -> list[Call]:
        """Requests so far whose method matches, oldest first."""
        return [c for c in self._http.calls if re.fullmatch(method, c.method)]

    @property
    def sockets(self) -> int:
        """How many are open."""
        return self._sockets.count

    @property
    def sockets_ever(self) -> int:
        """How many there have been."""
        return self._sockets.opened

    async def until(
        self, look: Callable[[], T | None], *, timeout_s: float = 20.0
    ) -> T:
        """What *look* finds, once that is true. No message yet is no error in it."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    changed = self._world.changed
                    with suppress(IndexError):  # thread(…)[-1] of an empty thread
                        if found := look():
                            return found
                    # Streams end and files appear without a change here.
                    with suppress(TimeoutError):
                        await asyncio.wait_for(changed.wait(), 0.05)
        except TimeoutError:
            raise AssertionError(f"in vain; there is\n{self.described()}") from None

    async def arrived(
        self, n: int = 1, method: str = ".*", *, timeout_s: float = 20.0
    ) -> list[Call]:
        """The calls that match, once there are *n* with an answer."""

        def look() -> list[Call] | None:
            found = [call for call in self.calls(method) if call.status]
            return found if len(found) >= n else None

        return await self.until(look, timeout_s=timeout_s)

    async def answered(self, act: Act, *, timeout_s: float = 20.0) -> Act:
        """The act, once it is acknowledged or given up."""
        await self.until(act.done.is_set, timeout_s=timeout_s)
        return act

    def described(self) -> str:
        lines = []
        for channel in self._world.channels.values():
            if found := self._world.in_channel(channel.id):
                lines += [f"{channel.id} {channel.name}", *described(found)]
        calls = pretty(self._http.calls[-20:])
        return "\n".join([*lines, "calls:", calls, "refusals:", *self.refusals])

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

    def limit(self, method: str, retry_after_s: int, times: int = 1) -> Fault:
        return self.fail(method, times, "429", retry_after_s=retry_after_s)

    def expire_streams(self) -> None:
        """Their time is up: every stream that is open ends, as Slack ends them."""
        for message in self._world.messages.values():
            if message.stream:
                message.stream.ends_at = 0.0
        self._world.change()

    def expire_triggers(self) -> None:
        """From now on it is too late to open a form, or to answer by address."""
        for trigger in self._world.triggers.values():
            trigger.expires_at = 0.0
        self._http.responses.expire()

    def sign_out(self, error: str = "token_revoked") -> None:
        """The tokens are no good any more; an empty *error* makes them so again."""
        self._tokens.error = error

    # --- sockets

    def reset(self) -> None:
        """Break every socket's connection, without a word."""
        self._sockets.reset()

    def freeze(self) -> None:
        """Every socket stays open, and nothing goes through it any more."""
        self._sockets.freeze()

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every socket to go: `warning`, `refresh_requested`, `link_disabled`."""
        await self._sockets.disconnect(reason)

    def refuse_handshakes(self, n: int) -> None:
        """The next *n* addresses for sockets are of no use, ever."""
        self._sockets.refuse_handshakes = n

    @property
    def hold_acks(self) -> bool:
        """Whether acknowledgements that come by socket are lost."""
        return self._sockets.hold_acks

    @hold_acks.setter
    def hold_acks(self, hold: bool) -> None:
        self._sockets.hold_acks = hold

    # --- over HTTP

    @property
    def request_url(self) -> str:
        """Where the program takes events; empty: it is connected by sockets."""
        return self._posts.url

    @request_url.setter
    def request_url(self, url: str) -> None:
        self._posts.url = url

    async def post(
        self,
        body: str,
        *,
        content_type: str = "application/json",
        at: str | None = None,
        signature: str | None = None,
    ) -> int:
        """Post anything to the program; the status it answers. *at*: another time."""
        headers = {"Content-Type": content_type}
        status, _ = await self._posts.post(body, headers, at=at, signature=signature)
        return status

    async def verify(self) -> bool:
        """Whether the program proves that its web address is its own."""
        return await self._posts.verify(self._world.id("C"))
